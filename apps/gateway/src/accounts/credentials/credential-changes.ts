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
  /** Everything of the user has ended. The proof is of the new password: see `stillHolds`. */
  | { readonly outcome: "changed"; readonly proof: PasswordProof }
  /** Another request changed the password or disabled the account meanwhile: the caller is logged out. */
  | { readonly outcome: "overtaken" };

/**
 * A pending revocation that is older was abandoned: from writing it, the call that did so has only to end the sessions
 * and to remove it, and the deadline of each is 2 s.
 */
export const LONGEST_CHANGE_SECONDS = 10;

/** How many pending revocations one `finishPending` takes on at most. */
const BATCH = 1_000;

/**
 * CredentialChanges changes passwords and disables accounts such that no session of before survives, whatever fails in
 * between: the change and a pending revocation commit together, then the sessions end, then the pending one is removed.
 * When the session store fails, the change stands, the pending revocation stays, the user's sessions are refused
 * meanwhile (`findSessionOwner`), and any process finishes it later.
 *
 * All methods reject with `accounts_unavailable`, or with the session store's fault: answer 503. After such a
 * rejection the change may be in force; doing it again is safe.
 */
export class CredentialChanges {
  readonly #parts: CredentialChangesParts;
  /**
   * By id. A caller that finds the same one joins in: a second revoke-all would end the session that followed the
   * first.
   */
  readonly #underWay = new Map<string, Promise<number>>();

  constructor(parts: CredentialChangesParts) {
    this.#parts = parts;
  }

  /**
   * The owner's change, with the proof of the current password. All sessions end, the caller's too. The caller is given a
   * new one by a login that begins after this, with `stillHolds` for its check. The new password must have passed the
   * policy.
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
   * Whether the password that was proven is still that of the account, and the account enabled. Read after a login was
   * begun, it lets no login follow a change that overtook the proof.
   */
  async stillHolds(proof: PasswordProof): Promise<boolean> {
    const credential = await this.#parts.accounts.findCredential(proof.account.id);
    return (
      credential !== null && !credential.account.disabled && credential.passwordHash === PasswordProof.hashOf(proof)
    );
  }

  /**
   * The operator's change needs no old password. It also forgets the account's known devices and empties its counts of
   * failed logins, because an intruder may have left traces in both. Returns how many sessions ended; null if there is
   * no such account.
   */
  async setPassword(account: Account, newPassword: string): Promise<number | null> {
    const { accounts, hasher, throttle, devices } = this.#parts;
    const pending = await accounts.changePassword(account.id, null, await hasher.hash(newPassword));
    if (pending === null) return null;
    // First what is in the same database: when the session store fails, this much is done.
    await devices.forgetAll(account.id);
    await throttle.reset(account.email);
    return this.#finish(pending);
  }

  /** Shuts the account out and ends its sessions. Returns how many ended; null when there is no such account. */
  async disable(account: Account): Promise<number | null> {
    const pending = await this.#parts.accounts.disable(account.id);
    return pending === null ? null : this.#finish(pending);
  }

  /**
   * Finishes what was left pending, by this process or another. Any process may call it, at start and every few
   * seconds; it is idempotent. Returns how many it finished; the rest is tried again by the next call.
   *
   * What is younger than `minimumAgeSeconds` is left to the call that wrote it: a second revoke-all, late, would end the
   * session that followed the first. Waiting costs nothing, for the user's sessions are refused meanwhile.
   */
  async finishPending({ minimumAgeSeconds = LONGEST_CHANGE_SECONDS } = {}): Promise<number> {
    const all = await this.#parts.accounts.listPendingRevocations({ limit: BATCH, minimumAgeSeconds });
    for (const { userId } of all) await this.finishPendingOf(userId);
    return all.length;
  }

  /**
   * Finishes the pending revocation of one user, however young it is. A login does this first, so that the session that
   * it creates is not ended by it later. The revocation is read right before it is carried out: the process that wrote
   * it may have finished it since it was listed.
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
