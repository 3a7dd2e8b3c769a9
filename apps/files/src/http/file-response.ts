import { type ByteRange, lengthOf } from "./byte-ranges.ts";
import { formatHttpDate } from "./http-date.ts";
import type { MediaType } from "./media-types.ts";
import { contentRange, type Multipart, multipartOf } from "./multipart.ts";
import type { Validators } from "./preconditions.ts";
import type { ResponsePlan } from "./response-plan.ts";

/** The facts about a file in a response. */
export interface DescribedFile extends Validators {
  readonly size: number;
  readonly contentEncoding: string | null;
  readonly mediaType: MediaType;
}

export interface FileResponse {
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes to read and send, for a GET. Null for none. */
  readonly content: ByteRange | Multipart | null;
}

/** A plan that sends the file, or says that the client's copy is still current. */
export type SendingPlan = Extract<ResponsePlan, { readonly status: 200 | 206 | 304 }>;

export function fileResponse(plan: SendingPlan, file: DescribedFile, newBoundary: () => string): FileResponse {
  if (plan.status === 304) return { headers: { etag: file.entityTag }, content: null };
  const { size, mediaType } = file;
  const headers = headersOf(file);
  if (plan.status === 200) {
    headers["content-length"] = String(size);
    return { headers, content: size === 0 ? null : { first: 0, last: size - 1 } };
  }
  const [range, ...others] = plan.ranges;
  if (others.length === 0) {
    headers["content-length"] = String(lengthOf(range));
    headers["content-range"] = contentRange(range, size);
    return { headers, content: range };
  }
  const multipart = multipartOf(plan.ranges, { size, mediaType: mediaType.text }, newBoundary());
  headers["content-type"] = multipart.contentType;
  headers["content-length"] = String(multipart.length);
  return { headers, content: multipart };
}

function headersOf({ mediaType, entityTag, lastModified, contentEncoding }: DescribedFile): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": mediaType.text,
    "accept-ranges": "bytes",
    etag: entityTag,
  };
  if (lastModified !== null) headers["last-modified"] = formatHttpDate(lastModified);
  if (contentEncoding !== null) headers["content-encoding"] = contentEncoding;
  if (!mediaType.isInline) headers["content-disposition"] = "attachment";
  return headers;
}
