import { type EntityTag, isStrong, matchesStrongly, matchesWeakly, parseEntityTags } from "./entity-tag.ts";
import type { UnixMilliseconds } from "./http-date.ts";
import { parseHttpDate } from "./http-date.ts";

/** The facts by which a client knows whether its copy is still current. */
export interface Validators {
  readonly entityTag: EntityTag;
  /** In whole seconds. Null if a time says nothing about the content. */
  readonly lastModified: UnixMilliseconds | null;
}

/** The header fields with conditions on these facts, as Node names them. */
export interface ConditionalHeaders {
  readonly "if-match"?: string | undefined;
  readonly "if-none-match"?: string | undefined;
  readonly "if-modified-since"?: string | undefined;
  readonly "if-unmodified-since"?: string | undefined;
  readonly "if-range"?: string | string[] | undefined;
}

/** Whether the request has a condition. If-Range is none: it only chooses between the whole file and a part. */
export function isConditional(headers: ConditionalHeaders): boolean {
  return (
    headers["if-none-match"] !== undefined ||
    headers["if-modified-since"] !== undefined ||
    headers["if-match"] !== undefined ||
    headers["if-unmodified-since"] !== undefined
  );
}

/**
 * The conditions of a GET or HEAD for an existing file, in the order of RFC 9110, 13.2.2: a tag outranks a date, and the
 * conditions that can refuse the request come before those that can save the body.
 */
export function evaluatePreconditions(
  headers: ConditionalHeaders,
  { entityTag, lastModified }: Validators,
  now: UnixMilliseconds,
): "proceed" | "not_modified" | "failed" {
  const match = headers["if-match"];
  if (match !== undefined) {
    if (!listHas(match, (tag) => matchesStrongly(tag, entityTag))) return "failed";
  } else {
    const since = timeIn(headers["if-unmodified-since"], now);
    if (since !== null && lastModified !== null && lastModified > since) return "failed";
  }

  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined) {
    return listHas(noneMatch, (tag) => matchesWeakly(tag, entityTag)) ? "not_modified" : "proceed";
  }
  const since = timeIn(headers["if-modified-since"], now);
  return since !== null && lastModified !== null && lastModified <= since ? "not_modified" : "proceed";
}

/**
 * Whether a `Range` counts: always without If-Range, and with it only for a copy that is the same to the byte (RFC 9110,
 * 13.1.5). A date proves that only if the file did not change just now, which its tag shows.
 */
export function allowsRange(
  ifRange: string | string[] | undefined,
  { entityTag, lastModified }: Validators,
  now: UnixMilliseconds,
): boolean {
  if (ifRange === undefined) return true;
  if (typeof ifRange !== "string") return false;
  const tags = parseEntityTags(ifRange);
  if (tags !== null) return tags.length === 1 && matchesStrongly(tags[0] ?? "", entityTag);
  return isStrong(entityTag) && lastModified !== null && parseHttpDate(ifRange, now) === lastModified;
}

function listHas(text: string, matches: (tag: EntityTag) => boolean): boolean {
  // A faulty list names no tag: then If-Match fails, and If-None-Match sends the file.
  return text.trim() === "*" || (parseEntityTags(text) ?? []).some(matches);
}

/** A faulty date counts as missing (RFC 9110, 13.1.3 and 13.1.4). */
function timeIn(text: string | undefined, now: UnixMilliseconds): UnixMilliseconds | null {
  return text === undefined ? null : parseHttpDate(text, now);
}
