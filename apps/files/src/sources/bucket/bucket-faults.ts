import { FileServiceError } from "../../errors.ts";

/**
 * The errors with which a bucket says that it has no such file for these credentials. If they may not list the bucket,
 * a missing key is `AccessDenied`. An object in an archive is `InvalidObjectState`.
 */
const NOTHING_THERE: ReadonlySet<string> = new Set([
  "NoSuchKey",
  "NotFound",
  "KeyTooLongError",
  "AccessDenied",
  "InvalidObjectState",
]);

export interface BucketFault {
  readonly name: string;
  readonly status: number | null;
}

/** The fault in an error of the S3 client: its name, which is known if the answer had a body, and its status. */
export function faultOf(error: unknown): BucketFault {
  const { name, $metadata } = (error ?? {}) as { name?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return { name: typeof name === "string" ? name : "", status: typeof status === "number" ? status : null };
}

export function isNothingThere({ name }: BucketFault): boolean {
  return NOTHING_THERE.has(name);
}

/** 403 without a reason answers a HEAD request: either nothing is there, or the bucket refuses the credentials. */
export function isUnexplainedRefusal({ name, status }: BucketFault): boolean {
  return status === 403 && !NOTHING_THERE.has(name);
}

export function isBeyondTheEnd({ name, status }: BucketFault): boolean {
  return status === 416 || name === "InvalidRange";
}

export function unavailable(cause: unknown): FileServiceError {
  const { name, status } = faultOf(cause);
  const reason = [name, status].filter((part) => part !== null && part !== "").join(", ");
  return new FileServiceError("source_unavailable", `The bucket did not give a file: ${reason}.`, { cause });
}
