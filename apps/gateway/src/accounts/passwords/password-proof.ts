import type { Account } from "../account.ts";

/**
 * Proof that a caller has just given the right password of an account. A password change requires one. The hash that
 * matched is in a private field: it lets the change notice another change made meanwhile, and printing a proof does not
 * show it.
 */
export class PasswordProof {
  readonly account: Account;
  readonly #passwordHash: string;

  constructor(account: Account, passwordHash: string) {
    this.account = account;
    this.#passwordHash = passwordHash;
  }

  static hashOf(proof: PasswordProof): string {
    return proof.#passwordHash;
  }
}
