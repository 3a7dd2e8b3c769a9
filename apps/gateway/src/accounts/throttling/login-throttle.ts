import type { Timestamp } from "coatcheck";
import type { EmailAddress } from "../email-address.ts";

/** The origin and the target of a login attempt. */
export interface LoginSubject {
  /** Null if the text is not an address. It belongs to no account, so only the client's address is counted. */
  readonly email: EmailAddress | null;
  /** The client's address, as the gateway knows it behind the proxies that it trusts. */
  readonly address: string;
  /** A device or session that the account's owner has proved to be theirs, by its public id; null for a stranger. */
  readonly trusted: TrustedOrigin | null;
  /** Whether the attempt comes from a network in which the account is signed in at this moment. */
  readonly isFromOwnNetwork?: boolean;
}

export interface TrustedOrigin {
  readonly kind: "device" | "session";
  readonly id: string;
}

/** A counted attempt, which is later given back or left counted. */
export interface LoginReservation {
  readonly email: EmailAddress | null;
  /** The buckets in which the attempt was counted. */
  readonly buckets: readonly CountedBucket[];
  /**
   * Whether it counted as a stranger's: it showed nothing trusted, or its device or session has failed too often of
   * late.
   */
  readonly asStranger: boolean;
}

export type BucketKind = "address" | "account_from_address" | "account" | "trusted";

/** One count of failed logins. The key is a digest: it has a fixed size and reveals nothing that a user typed. */
export interface Bucket {
  readonly kind: BucketKind;
  readonly key: string;
}

export interface FailureCount {
  readonly failures: number;
  /** The number of `failures` whose password is still being checked. */
  readonly undecided: number;
  readonly lastFailureAt: Timestamp;
}

/** A bucket with its count before and after an attempt: an attempt that is given back must leave no trace in it. */
export interface CountedBucket extends Bucket {
  readonly before: FailureCount | null;
  readonly after: FailureCount;
}

export interface ReservationRefused {
  readonly allowed: false;
  readonly retryAfterSeconds: number;
  /** The bucket whose count is full. */
  readonly fullBucket: BucketKind;
  /**
   * Whether it is full of attempts that are still being checked: if all of them were right, this one would have been
   * allowed.
   */
  readonly isUndecided: boolean;
}

export type ReserveResult = { readonly allowed: true; readonly attempt: LoginReservation } | ReservationRefused;

/**
 * LoginThrottle limits guessing without letting a guesser lock a user out. `login-limits.ts` says what is counted
 * where, and how much of it is allowed.
 *
 * An attempt counts as failed before its password is checked, so that guesses sent at once are limited like guesses
 * sent in turn. It also counts as undecided until `succeed`, `fail` or `giveBack`, so that the refusal of another
 * attempt can say that a short wait may help. A refused attempt counts nothing and writes nothing.
 *
 * For all methods: each call is atomic across processes; rejections are faults, with code `accounts_unavailable`.
 */
export interface LoginThrottle {
  /** Counts the attempt in each of its buckets, or refuses it and counts it in none. */
  reserve(subject: LoginSubject): Promise<ReserveResult>;

  /**
   * The password was right. The account's count of strangers starts anew, and so does the count of the device, or of
   * this address on this account. The address's own count only loses this attempt: its other failures were against
   * other accounts. A device that had to count as a stranger keeps its count, because a thief may have a copy. The
   * owner gets a new token.
   */
  succeed(attempt: LoginReservation): Promise<void>;

  /** The password was wrong. The attempt stays counted, and other attempts no longer wait for it. */
  fail(attempt: LoginReservation): Promise<void>;

  /** The password was not checked because of a fault of ours: the attempt does not count. */
  giveBack(attempt: LoginReservation): Promise<void>;

  /** For an operator: the counts of the account start anew. */
  reset(email: EmailAddress): Promise<void>;

  /**
   * Removes counts that time has forgiven and, above a bound, those with the fewest failures, at most `limit`. Returns
   * how many: fewer than `limit` means that no further one was due.
   */
  removeForgiven(limit: number): Promise<number>;
}
