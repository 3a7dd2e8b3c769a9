import type { Timestamp } from "coatcheck";
import type { Awaitable, EndReason } from "coatcheck/store";
import type { Account, AccountCredential } from "./account.ts";
import type { EmailAddress } from "./email-address.ts";

/** The reason why all sessions of an account have to end. */
export type CredentialChangeReason = Extract<EndReason, "credentials_changed" | "user_disabled">;

/**
 * The note that an account's credential changed and that its sessions still have to end. The store writes it together
 * with the change. The gateway removes it once the session store has revoked the sessions, so that after a crash in
 * between another process can finish the work.
 */
export interface PendingRevocation {
  /** Random, and different for every change: completing an earlier revocation leaves a later one in place. */
  readonly id: string;
  readonly userId: string;
  readonly reason: CredentialChangeReason;
  /** The time of the change. It tells how long the revocation has been pending, not which sessions it ends. */
  readonly createdAt: Timestamp;
}

/** The facts about an account that decide whether one of its sessions may pass. */
export interface SessionOwner {
  readonly account: Account;
  readonly pendingRevocation: PendingRevocation | null;
}

export interface PendingRevocationQuery {
  readonly limit: number;
  readonly minimumAgeSeconds: number;
}

export interface NewAccount {
  readonly email: EmailAddress;
  readonly name: string;
  readonly passwordHash: string;
}

export interface AccountDescription {
  readonly name?: string;
  readonly roles?: readonly string[];
}

export type AddAccountResult =
  | { readonly outcome: "added"; readonly account: Account }
  | { readonly outcome: "email_taken" };

/**
 * AccountStore keeps accounts and their pending revocations. It never sees a password, only hashes.
 *
 * For all methods:
 * - Each call is atomic, against other calls in this process and in any other on the same database, and durable: a
 *   change that was acknowledged survives a power cut.
 * - A missing account is a value (null or false). A rejection is a fault, with code `accounts_unavailable`; the call
 *   may or may not have taken effect.
 */
export interface AccountStore {
  findById(userId: string): Promise<Account | null>;

  findByEmail(email: EmailAddress): Promise<Account | null>;

  /** The account with its hash. Only the password check and the password change need it. */
  findCredential(userId: string): Promise<AccountCredential | null>;

  /**
   * The account and its pending revocation at one moment. The user loader calls this for each request. The result is
   * no promise if it is in this process. Never throws: a fault is a rejection.
   */
  findSessionOwner(userId: string): Awaitable<SessionOwner | null>;

  /** Adds an account with a new id. Returns `email_taken` if another account has the address, disabled or not. */
  add(account: NewAccount): Promise<AddAccountResult>;

  /** At most `limit` accounts with an address after `after`, ordered by address. */
  list(options?: { readonly after?: EmailAddress; readonly limit?: number }): Promise<readonly Account[]>;

  /**
   * Stores the same password under stronger parameters. Returns false and changes nothing unless the stored hash is
   * still `expectedHash`, so that a password that was changed meanwhile stays changed. Ends no session, because the
   * password is the same.
   */
  replaceHash(userId: string, expectedHash: string, newHash: string): Promise<boolean>;

  /**
   * Stores a new password and, in the same transaction, the pending revocation, which replaces an earlier one. With
   * `expectedHash` the user makes the change: the store changes nothing and returns null unless the stored hash is
   * `expectedHash` and the account is enabled. With null an operator makes the change: the store returns null only if
   * there is no such account.
   */
  changePassword(userId: string, expectedHash: string | null, newHash: string): Promise<PendingRevocation | null>;

  /**
   * Disables the account and, in the same transaction, writes the pending revocation. A repeated call writes another
   * one, so an operator who is unsure can disable the account again. Null if there is no such account.
   */
  disable(userId: string): Promise<PendingRevocation | null>;

  /** Lets the account log in again; a pending revocation stays. False if there is no such account. */
  enable(userId: string): Promise<boolean>;

  /**
   * Changes the given properties, for the very next request of the account's sessions too. Null if there is no such
   * account.
   */
  describe(userId: string, description: AccountDescription): Promise<Account | null>;

  findPendingRevocation(userId: string): Promise<PendingRevocation | null>;

  /**
   * At most `limit` pending revocations that were written at least `minimumAgeSeconds` ago by the store's clock, oldest
   * first. A revocation whose time lies in the future is among them: the clock was set back, and its age is unknown.
   */
  listPendingRevocations(options: PendingRevocationQuery): Promise<readonly PendingRevocation[]>;

  /** Removes exactly this pending revocation. Does nothing if it is gone or a later one has replaced it. */
  completePendingRevocation(pending: PendingRevocation): Promise<void>;
}
