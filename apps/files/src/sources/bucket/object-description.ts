import { FileServiceError } from "../../errors.ts";
import type { ByteRange } from "../../http/byte-ranges.ts";
import type { EntityTag } from "../../http/entity-tag.ts";
import type { UnixMilliseconds } from "../../http/http-date.ts";

/** What a bucket says of an object, whichever way it was asked. */
export interface ObjectDescription {
  readonly size: number;
  readonly entityTag: EntityTag;
  readonly lastModified: UnixMilliseconds | null;
  readonly contentEncoding: string | null;
  /** Which bytes came with the answer; null for none. */
  readonly sent: ByteRange | null;
}

/** The members of an answer of `GetObject` or `HeadObject` that say something about the object. */
export interface ObjectAnswer {
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** @throws FileServiceError `source_unavailable` for an answer that does not say enough to serve a file by */
export function describeObject(answer: ObjectAnswer): ObjectDescription {
  const { ContentLength: length, ContentRange: contentRange, ETag: entityTag, LastModified: lastModified } = answer;
  const [first, last, total] = (CONTENT_RANGE.exec(contentRange ?? "") ?? []).slice(1).map(Number);
  const size = total ?? length;
  // Without a tag, two states of an object could not be told apart.
  if (entityTag === undefined || size === undefined) {
    throw new FileServiceError("source_unavailable", "The bucket gave an object without a size or an ETag.");
  }
  const whole = size === 0 ? null : { first: 0, last: size - 1 };
  return {
    size,
    entityTag,
    lastModified: lastModified?.getTime() ?? null,
    // AWS writes its own framing of uploads into what the client once sent.
    contentEncoding: answer.ContentEncoding?.replace(/(^|, *)aws-chunked(, *|$)/, "") || null,
    sent: first === undefined || last === undefined ? whole : { first, last },
  };
}
