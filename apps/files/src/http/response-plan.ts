import { type ByteRange, decideRanges, parseRange } from "./byte-ranges.ts";
import type { UnixMilliseconds } from "./http-date.ts";
import { allowsRange, type ConditionalHeaders, evaluatePreconditions, type Validators } from "./preconditions.ts";

/** The header fields of a request that matter for its file, as Node names them. */
export interface FileRequest {
  readonly method: string;
  readonly headers: ConditionalHeaders & { readonly range?: string | undefined };
}

/** The answer to a request for an existing file. */
export type ResponsePlan =
  | { readonly status: 200 }
  | { readonly status: 206; readonly ranges: readonly [ByteRange, ...ByteRange[]] }
  | { readonly status: 304 }
  | { readonly status: 412 }
  | { readonly status: 416 };

/** All of RFC 9110, 13.2.2 and 14.2, for files. `Range` is for GET alone. */
export function planResponse(
  { method, headers }: FileRequest,
  file: Validators & { readonly size: number },
  now: UnixMilliseconds,
): ResponsePlan {
  const outcome = evaluatePreconditions(headers, file, now);
  if (outcome === "failed") return { status: 412 };
  if (outcome === "not_modified") return { status: 304 };
  if (method !== "GET" || headers.range === undefined || !allowsRange(headers["if-range"], file, now)) {
    return { status: 200 };
  }
  const decision = decideRanges(parseRange(headers.range), file.size);
  if (decision === "everything") return { status: 200 };
  if (decision === "unsatisfiable") return { status: 416 };
  const [first, ...others] = decision;
  return first === undefined ? { status: 200 } : { status: 206, ranges: [first, ...others] };
}
