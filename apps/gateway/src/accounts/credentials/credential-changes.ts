import type { SessionManager } from "coatcheck";
import type { Account } from "../account.ts";
import type { AccountStore, PendingRevocation } from "../account-store.ts";
import type { PasswordHasher } from "../passwords/password-hasher.ts";
import { PasswordProof } from "../passwords/password-proof.ts";
import type { KnownDevices } from "../throttling/known-devices.ts";
import type { LoginThrottle } from "../throttling/login-throttle.ts";

export interface CredentialChangesParts {
  readonly accounts: AccountStore;
  readonly sessions: Pick<SessionManager, "revokeAll">;
  readonly hasher: PasswordHasher;
  readonly throttle: LoginThrottle;
  readonly devices: KnownDevices;
}

export type OwnPasswordChange =
  /** All of the user's sessions have ended. The proof is of the new password: see `stillHolds`. */
  | { readonly outcome: "changed"; readonly proof: PasswordProof }
  /** Another request changed the password or disabled the account meanwhile: the caller is logged out. */
  | { readonly outcome: "overtaken" };

/**
 * A pending revocation that is older was abandoned. After the call has written it, the call only ends the sessions and
 * removes it, and each of these two steps has a deadline of 2 s.
 */
export const LONGEST_CHANGE_SECONDS = 10;

/** The most pending revocations that one `finishPending` takes on. */
const BATCH = 1_000;

/**
 * CredentialChanges changes passwords and disables accounts such that no earlier session survives, whatever fails in
 * between. The change and a pending revocation commit together, then the sessions end, then the pending revocation is
 * removed. If the session store fails, the change stands and the revocation stays pending. The gateway refuses the
 * user's sessions meanwhile (`findSessionOwner`), and any process finishes the revocation later.
 *
 * All methods reject with `accounts_unavailable`, or with the session store's fault: answer 503. After such a rejection
 * the change may be in force; repeating it is safe.
 */
export class CredentialChanges {
  readonly #parts: CredentialChangesParts;
  /**
   * Revocations under way, by id. A second caller waits for the same one: a second revoke-all would end the session
   * that followed the first.
   */
  readonly #underWay = new Map<string, Promise<number>>();

  constructor(parts: CredentialChangesParts) {
    this.#parts = parts;
  }

  /**
   * The owner changes the password, with the proof of the current one. All sessions end, the caller's too. The caller
   * gets a new session from a login that begins after this, with `stillHolds` as its check. The new password must have
   * passed the policy.
   *
   * @throws GatewayError `overloaded`, with nothing changed
   */
  async changeOwnPassword(proof: PasswordProof, newPassword: string): Promise<OwnPasswordChange> {
    const { accounts, hasher } = this.#parts;
    const { account } = proof;
    const newHash = await hasher.hash(newPassword);
    const pending = await accounts.changePassword(account.id, PasswordProof.hashOf(proof), newHash);
    if (pending === null) return { outcome: "overtaken" };
    await this.#finish(pending);
    return { outcome: "changed", proof: new PasswordProof(account, newHash) };
  }

  /**
   * Whether the proven password is still the account's, and the account is enabled. A login calls this after it has
   * begun, so that no login succeeds after a change that overtook the proof.
   */
  async stillHolds(proof: PasswordProof): Promise<boolean> {
    const credential = await this.#parts.accounts.findCredential(proof.account.id);
    return (
      credential !== null && !credential.account.disabled && credential.passwordHash === PasswordProof.hashOf(proof)
    );
  }

  /**
   * An operator sets the password without the old one. This also forgets the account's known devices and resets its
   * counts of failed logins, because an intruder may have left traces in both. Returns how many sessions ended; null if
   * there is no such account.
   */
  async setPassword(account: Account, newPassword: string): Promise<number | null> {
    const { accounts, hasher, throttle, devices } = this.#parts;
    const pending = await accounts.changePassword(account.id, null, await hasher.hash(newPassword));
    if (pending === null) return null;
    // Devices and counts come first, because they are in the same database: they are done even if the session store
    // fails.
    await devices.forgetAll(account.id);
    await throttle.reset(account.email);
    return this.#finish(pending);
  }

  /** Disables the account and ends its sessions. Returns how many ended; null if there is no such account. */
  async disable(account: Account): Promise<number | null> {
    const pending = await this.#parts.accounts.disable(account.id);
    return pending === null ? null : this.#finish(pending);
  }

  /**
   * Finishes the revocations that this process or another left pending. Any process may call it, at start and every few
   * seconds; it is idempotent. Returns how many it finished; the next call tries the rest again.
   *
   * A revocation younger than `minimumAgeSeconds` is left to the call that wrote it: a second, late revoke-all would
   * end the session that followed the first. Waiting does no harm, because the gateway refuses the user's sessions
   * meanwhile.
   */
  async finishPending({ minimumAgeSeconds = LONGEST_CHANGE_SECONDS } = {}): Promise<number> {
    const all = await this.#parts.accounts.listPendingRevocations({ limit: BATCH, minimumAgeSeconds });
    for (const { userId } of all) await this.finishPendingOf(userId);
    return all.length;
  }

  /**
   * Finishes the pending revocation of one user, however young it is. A login does this first, so that the revocation
   * does not end the new session later. The revocation is read right before it is carried out, because the process that
   * wrote it may have finished it since it was listed.
   */
  async finishPendingOf(userId: string): Promise<void> {
    const pending = await this.#parts.accounts.findPendingRevocation(userId);
    if (pending !== null) await this.#finish(pending);
  }

  #finish(pending: PendingRevocation): Promise<number> {
    const underWay = this.#underWay.get(pending.id);
    if (underWay !== undefined) return underWay;
    const finishing = this.#revoke(pending).finally(() => this.#underWay.delete(pending.id));
    this.#underWay.set(pending.id, finishing);
    return finishing;
  }

  async #revoke(pending: PendingRevocation): Promise<number> {
    const ended = await this.#parts.sessions.revokeAll(pending.userId, pending.reason);
    await this.#parts.accounts.completePendingRevocation(pending);
    return ended;
  }
}
