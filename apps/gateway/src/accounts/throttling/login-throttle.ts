import type { Timestamp } from "coatcheck";
import type { EmailAddress } from "../email-address.ts";

/** Who is trying to log in to what. */
export interface LoginSubject {
  /** Null for what is not an address: it belongs to no account, so only where it comes from is counted. */
  readonly email: EmailAddress | null;
  /** Of the client, as the gateway knows it behind the proxies that it trusts. */
  readonly address: string;
  /** A device or session that the account's owner has proved to be theirs, by its public id; null for a stranger's. */
  readonly trusted: TrustedOrigin | null;
  /** It comes from a network in which the account is signed in at this moment. */
  readonly isFromOwnNetwork?: boolean;
}

export interface TrustedOrigin {
  readonly kind: "device" | "session";
  readonly id: string;
}

/** A counted attempt, to be given back or to be left counted. */
export interface LoginReservation {
  readonly email: EmailAddress | null;
  /** Where it was counted. */
  readonly buckets: readonly CountedBucket[];
  /** It counted as a stranger's: nothing trusted was shown, or what was shown has failed too often of late. */
  readonly asStranger: boolean;
}

export type BucketKind = "address" | "account_from_address" | "account" | "trusted";

/** One count of failed logins. The key is a digest: it has a fixed size and shows nothing that a user typed. */
export interface Bucket {
  readonly kind: BucketKind;
  readonly key: string;
}

export interface FailureCount {
  readonly failures: number;
  /** Those among `failures` whose password is still being checked. */
  readonly undecided: number;
  readonly lastFailureAt: Timestamp;
}

/** A bucket with its count before and after an attempt: one that is given back must leave no trace in it. */
export interface CountedBucket extends Bucket {
  readonly before: FailureCount | null;
  readonly after: FailureCount;
}

export interface ReservationRefused {
  readonly allowed: false;
  readonly retryAfterSeconds: number;
  /** The count that is full. */
  readonly fullBucket: BucketKind;
  /** It is full of attempts that are still being checked: with all of them right, this one would have been allowed. */
  readonly isUndecided: boolean;
}

export type ReserveResult = { readonly allowed: true; readonly attempt: LoginReservation } | ReservationRefused;

/**
 * LoginThrottle limits guessing without letting a guesser lock a user out. `login-limits.ts` says what is counted
 * where, and how much of it is allowed.
 *
 * An attempt counts as failed before its password is checked, so that of guesses sent at once no more are checked than
 * of the same number sent in turn. It also counts as undecided until `succeed`, `fail` or `giveBack`, so that the
 * refusal of another attempt can say that a short wait may help. A refused attempt counts nothing and writes nothing.
 *
 * For all methods: each call is atomic across processes; rejections are faults, with code `accounts_unavailable`.
 */
export interface LoginThrottle {
  /** Counts the attempt in each of its buckets, or in none and refuses. */
  reserve(subject: LoginSubject): Promise<ReserveResult>;

  /**
   * The password was right: the account's count of strangers starts anew, and so does the device's, or that of this
   * address on this account. The address as such only gets this attempt back: its other failures were against others.
   * A device that had to count as a stranger's keeps its count: a thief may have a copy. The owner gets a new token.
   */
  succeed(attempt: LoginReservation): Promise<void>;

  /** The password was wrong: the attempt stays counted, and no other waits for it any more. */
  fail(attempt: LoginReservation): Promise<void>;

  /** The password was not checked, for a fault of ours: the attempt was none. */
  giveBack(attempt: LoginReservation): Promise<void>;

  /** For an operator: the counts of the account start anew. */
  reset(email: EmailAddress): Promise<void>;

  /**
   * Removes counts that time has forgiven, and above a bound those with the fewest failures, at most `limit`. Returns
   * how many: fewer than `limit` means that none is left for now.
   */
  removeForgiven(limit: number): Promise<number>;
}
