import type { Timestamp } from "coatcheck";
import { failuresInForce, strangerBuckets, trustedBucket, waitSeconds } from "./login-limits.ts";
import type { Bucket, CountedBucket, FailureCount, LoginSubject } from "./login-throttle.ts";

export type LoginDecision =
  | { readonly allowed: true; readonly counted: readonly CountedBucket[]; readonly asStranger: boolean }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** The stored count of a bucket; null when there is none. */
export type CountOf = (bucket: Bucket) => FailureCount | null;

/** Decides on an attempt from counts that stay as they are until what `counted` says is stored. */
export function decideLogin(subject: LoginSubject, countOf: CountOf, now: Timestamp): LoginDecision {
  const waitOf = (bucket: Bucket) => waitSeconds(bucket.kind, countOf(bucket), now);
  const trusted = trustedBucket(subject);
  const trustedWait = trusted === null ? Number.POSITIVE_INFINITY : waitOf(trusted);
  const trustHolds = trusted !== null && trustedWait === 0;
  const buckets = trustHolds ? [trusted] : strangerBuckets(subject);
  const wait = Math.max(...buckets.map(waitOf));
  if (wait > 0) return { allowed: false, retryAfterSeconds: Math.min(wait, trustedWait) };
  const counted = buckets.map((bucket) => withOneMore(bucket, countOf(bucket), now));
  return { allowed: true, counted, asStranger: !trustHolds };
}

/**
 * What is left of a count when an attempt in it is given back; null for none. As it was before, times included: a right
 * password is no failure, so it must not renew any wait.
 */
export function withoutAttempt({ before, after }: CountedBucket, current: FailureCount | null): FailureCount | null {
  // A success of another attempt may have emptied it meanwhile: then there is nothing to give back.
  if (current === null) return null;
  const isUntouched = current.failures === after.failures && current.lastFailureAt === after.lastFailureAt;
  if (isUntouched) return before;
  return current.failures === 1 ? null : { ...current, failures: current.failures - 1 };
}

function withOneMore(bucket: Bucket, before: FailureCount | null, now: Timestamp): CountedBucket {
  const failures = failuresInForce(bucket.kind, before, now) + 1;
  return { ...bucket, before, after: { failures, lastFailureAt: now } };
}
