import { FileServiceError } from "../../errors.ts";
import type { ByteRange } from "../../http/byte-ranges.ts";
import type { EntityTag } from "../../http/entity-tag.ts";
import type { UnixMilliseconds } from "../../http/http-date.ts";

/** The bucket's description of an object, from any of its calls. */
export interface ObjectDescription {
  readonly size: number;
  readonly entityTag: EntityTag;
  readonly lastModified: UnixMilliseconds | null;
  readonly contentEncoding: string | null;
  /** The range of bytes that came with the answer; null for none. */
  readonly sent: ByteRange | null;
}

/** The members of an answer of `GetObject` or `HeadObject` that describe the object. */
export interface ObjectAnswer {
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** @throws FileServiceError `source_unavailable` for an answer that says too little to serve a file */
export function describeObject(answer: ObjectAnswer): ObjectDescription {
  const { ContentLength: length, ContentRange: contentRange, ETag: entityTag, LastModified: lastModified } = answer;
  const [first, last, total] = (CONTENT_RANGE.exec(contentRange ?? "") ?? []).slice(1).map(Number);
  const size = total ?? length;
  // Without a tag, two states of an object would look the same.
  if (entityTag === undefined || size === undefined) {
    throw new FileServiceError("source_unavailable", "The bucket gave an object without a size or an ETag.");
  }
  const whole = size === 0 ? null : { first: 0, last: size - 1 };
  return {
    size,
    entityTag,
    lastModified: lastModified?.getTime() ?? null,
    // AWS adds its own framing of uploads to the encoding that the client once sent.
    contentEncoding: answer.ContentEncoding?.replace(/(^|, *)aws-chunked(, *|$)/, "") || null,
    sent: first === undefined || last === undefined ? whole : { first, last },
  };
}
