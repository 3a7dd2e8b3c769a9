import type { Account } from "../account.ts";

/**
 * Proof that a caller has just given the right password of an account. Changing the password takes one. The hash that
 * the password matched is in a private field, so that a change made meanwhile is noticed and printing a proof shows
 * nothing.
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
