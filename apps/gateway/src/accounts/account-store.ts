import type { Timestamp } from "coatcheck";
import type { Awaitable, EndReason } from "coatcheck/store";
import type { Account, AccountCredential } from "./account.ts";
import type { EmailAddress } from "./email-address.ts";

/** Why all sessions of an account have to end. */
export type CredentialChangeReason = Extract<EndReason, "credentials_changed" | "user_disabled">;

/**
 * The note that an account's credential changed and its sessions are still to be ended. It is written with the change
 * and removed once the session store took the revocation, so that a crash in between is noticed and made good.
 */
export interface PendingRevocation {
  /** Random, different for every change: completing an earlier one leaves a later one in place. */
  readonly id: string;
  readonly userId: string;
  readonly reason: CredentialChangeReason;
  /** Of the change that wrote it. Tells how long it has been pending, and nothing about which sessions it ends. */
  readonly createdAt: Timestamp;
}

/** What has to be known about an account to let one of its sessions pass. */
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
 * - Each call is atomic, against other calls in this process and in any other on the same database, and durable: what
 *   was acknowledged survives a power cut.
 * - Absent is a value (null or false). A rejection is a fault, with code `accounts_unavailable`; the call may or may
 *   not have taken effect.
 */
export interface AccountStore {
  findById(userId: string): Promise<Account | null>;

  findByEmail(email: EmailAddress): Promise<Account | null>;

  /** The account with its hash. For the password check and the password change; nothing else needs it. */
  findCredential(userId: string): Promise<AccountCredential | null>;

  /**
   * The account and its pending revocation as they stood at one moment: what the user loader of a request needs. At once, where
   * it is in this process. Never throws.
   */
  findSessionOwner(userId: string): Awaitable<SessionOwner | null>;

  /** Adds an account with a new id. `email_taken` when another has the address, disabled or not. */
  add(account: NewAccount): Promise<AddAccountResult>;

  /** At most `limit` accounts with an address after `after`, ordered by address. */
  list(options?: { readonly after?: EmailAddress; readonly limit?: number }): Promise<readonly Account[]>;

  /**
   * Stores the same password under stronger parameters. False, and nothing changed, unless the stored hash is still
   * `expectedHash`: a password that was changed meanwhile stays changed. Ends no session: the password is the same.
   */
  replaceHash(userId: string, expectedHash: string, newHash: string): Promise<boolean>;

  /**
   * Stores a new password and, in the same transaction, the pending revocation; a pending one of before is replaced.
   * With `expectedHash` it is the user's own change: null, and nothing changed, unless the stored hash is that one and
   * the account is enabled. With null it is the operator's: null only when there is no such account.
   */
  changePassword(userId: string, expectedHash: string | null, newHash: string): Promise<PendingRevocation | null>;

  /**
   * Disables the account and, in the same transaction, writes the pending revocation. Repeating it writes another: an
   * operator who is unsure may simply do it again. Null when there is no such account.
   */
  disable(userId: string): Promise<PendingRevocation | null>;

  /** Lets the account log in again; a pending revocation stays. False when there is no such account. */
  enable(userId: string): Promise<boolean>;

  /**
   * Changes what is given, for the very next request of the account's sessions too. Null when there is no such account.
   */
  describe(userId: string, description: AccountDescription): Promise<Account | null>;

  findPendingRevocation(userId: string): Promise<PendingRevocation | null>;

  /**
   * At most `limit` pending revocations that were written at least `minimumAgeSeconds` ago by the store's clock, oldest
   * first. One that was written in what is now the future is among them: the clock was stepped back, and its age is
   * unknown.
   */
  listPendingRevocations(options: PendingRevocationQuery): Promise<readonly PendingRevocation[]>;

  /** Removes exactly this pending revocation; when it is gone or replaced by a later one, does nothing. */
  completePendingRevocation(pending: PendingRevocation): Promise<void>;
}
