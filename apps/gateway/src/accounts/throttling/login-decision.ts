import type { Timestamp } from "coatcheck";
import { failuresInForce, strangerBuckets, trustedBucket, undecidedInForce, waitSeconds } from "./login-limits.ts";
import type { Bucket, CountedBucket, FailureCount, LoginSubject, ReservationRefused } from "./login-throttle.ts";

export type LoginDecision =
  | { readonly allowed: true; readonly counted: readonly CountedBucket[]; readonly asStranger: boolean }
  | ReservationRefused;

/** The stored count of a bucket; null when there is none. */
export type CountOf = (bucket: Bucket) => FailureCount | null;

/** Decides on an attempt from counts that stay as they are until what `counted` says is stored. */
export function decideLogin(subject: LoginSubject, countOf: CountOf, now: Timestamp): LoginDecision {
  const waitOf = (bucket: Bucket) => ({ bucket, seconds: waitSeconds(bucket.kind, countOf(bucket), now) });
  const trusted = trustedBucket(subject);
  const strangers = strangerBuckets(subject);
  const trustHolds = trusted !== null && waitOf(trusted).seconds === 0;
  const buckets = trustHolds ? [trusted] : strangers;
  const longest = buckets.map(waitOf).reduce((one, other) => (other.seconds > one.seconds ? other : one));
  if (longest.seconds === 0) {
    const counted = buckets.map((bucket) => withOneMore(bucket, countOf(bucket), now));
    return { allowed: true, counted, asStranger: !trustHolds };
  }

  const ways = trusted === null ? [strangers] : [[trusted], strangers];
  const wouldOpen = (bucket: Bucket) => waitSeconds(bucket.kind, decidedOnly(countOf(bucket), now), now) === 0;
  // The way that opens first says how long: one's own device, or what any stranger may do.
  const soonest = trusted !== null && waitOf(trusted).seconds < longest.seconds ? waitOf(trusted) : longest;
  return {
    allowed: false,
    retryAfterSeconds: soonest.seconds,
    fullBucket: soonest.bucket.kind,
    isUndecided: ways.some((way) => way.every(wouldOpen)),
  };
}

/**
 * What is left of a count when an attempt in it is given back; null for none. As it was before, times included: a right
 * password is no failure, so it must not renew any wait.
 */
export function withoutAttempt({ before, after }: CountedBucket, current: FailureCount | null): FailureCount | null {
  // A success of another attempt may have emptied it meanwhile: then there is nothing to give back.
  if (current === null) return null;
  const isUntouched =
    current.failures === after.failures &&
    current.undecided === after.undecided &&
    current.lastFailureAt === after.lastFailureAt;
  if (isUntouched) return before;
  return current.failures === 1 ? null : { ...withOneDecided(current), failures: current.failures - 1 };
}

/** A count in which one attempt has turned out wrong: it stays, and is waited for no more. */
export function withOneDecided(count: FailureCount): FailureCount {
  return { ...count, undecided: Math.max(0, count.undecided - 1) };
}

function withOneMore(bucket: Bucket, before: FailureCount | null, now: Timestamp): CountedBucket {
  const failures = failuresInForce(bucket.kind, before, now) + 1;
  const undecided = Math.min(failures, undecidedInForce(before, now) + 1);
  return { ...bucket, before, after: { failures, undecided, lastFailureAt: now } };
}

/** The count as it would be if everything that is still being checked turned out right. */
function decidedOnly(count: FailureCount | null, now: Timestamp): FailureCount | null {
  if (count === null) return null;
  return { ...count, failures: Math.max(0, count.failures - undecidedInForce(count, now)), undecided: 0 };
}
