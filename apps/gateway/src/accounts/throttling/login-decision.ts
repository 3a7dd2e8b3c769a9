import type { Timestamp } from "coatcheck";
import { failuresInForce, strangerBuckets, trustedBucket, undecidedInForce, waitSeconds } from "./login-limits.ts";
import type { Bucket, CountedBucket, FailureCount, LoginSubject, ReservationRefused } from "./login-throttle.ts";

export type LoginDecision =
  | { readonly allowed: true; readonly counted: readonly CountedBucket[]; readonly asStranger: boolean }
  | ReservationRefused;

/** The stored count of a bucket; null if there is none. */
export type CountOf = (bucket: Bucket) => FailureCount | null;

/** Decides on an attempt from the counts. They must not change until the caller has stored `counted`. */
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
  // The way that opens first decides how long: the caller's own device, or the limits of any stranger.
  const soonest = trusted !== null && waitOf(trusted).seconds < longest.seconds ? waitOf(trusted) : longest;
  return {
    allowed: false,
    retryAfterSeconds: soonest.seconds,
    fullBucket: soonest.bucket.kind,
    isUndecided: ways.some((way) => way.every(wouldOpen)),
  };
}

/**
 * A count after an attempt in it is given back; null if none is left. The count is as before the attempt, times
 * included: a right password is no failure, so it must not renew any wait.
 */
export function withoutAttempt({ before, after }: CountedBucket, current: FailureCount | null): FailureCount | null {
  // Another attempt's success may have emptied the count meanwhile: then there is nothing to give back.
  if (current === null) return null;
  const isUntouched =
    current.failures === after.failures &&
    current.undecided === after.undecided &&
    current.lastFailureAt === after.lastFailureAt;
  if (isUntouched) return before;
  return current.failures === 1 ? null : { ...withOneDecided(current), failures: current.failures - 1 };
}

/** A count in which one attempt has turned out wrong: the failure stays, and no attempt waits for it any more. */
export function withOneDecided(count: FailureCount): FailureCount {
  return { ...count, undecided: Math.max(0, count.undecided - 1) };
}

function withOneMore(bucket: Bucket, before: FailureCount | null, now: Timestamp): CountedBucket {
  const failures = failuresInForce(bucket.kind, before, now) + 1;
  const undecided = Math.min(failures, undecidedInForce(before, now) + 1);
  return { ...bucket, before, after: { failures, undecided, lastFailureAt: now } };
}

/** The count as it would be if every attempt that is still being checked turned out right. */
function decidedOnly(count: FailureCount | null, now: Timestamp): FailureCount | null {
  if (count === null) return null;
  return { ...count, failures: Math.max(0, count.failures - undecidedInForce(count, now)), undecided: 0 };
}
