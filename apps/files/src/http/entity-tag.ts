import type { UnixMilliseconds } from "./http-date.ts";

/** As it stands in a header: `"…"`, or `W/"…"` for a weak one (RFC 9110, 8.8.3). */
export type EntityTag = string;

/** Longer than any clock tick by which file systems date a change, and than two clocks of one network may differ. */
const CHANGED_JUST_NOW_MILLISECONDS = 2_000;
const LISTED_TAG = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

/**
 * A tag of what a file system tells of a file, so that copies of one file on several machines have the same. It is weak
 * while the file may still change within the tick that it was last changed in: one strong tag must never stand for two
 * contents, or a client would put ranges of both together.
 */
export function entityTagOf(size: number, modifiedAt: UnixMilliseconds, now: UnixMilliseconds): EntityTag {
  const tag = `"${size.toString(36)}-${Math.round(modifiedAt * 1_000).toString(36)}"`;
  return now - modifiedAt > CHANGED_JUST_NOW_MILLISECONDS ? tag : `W/${tag}`;
}

export function isStrong(tag: EntityTag): boolean {
  return tag.startsWith('"');
}

/** Whether two tags are one, weak or not (RFC 9110, 8.8.3.2): for "is my copy still good enough?" */
export function matchesWeakly(first: EntityTag, second: EntityTag): boolean {
  return first.replace(/^W\//, "") === second.replace(/^W\//, "");
}

/** Whether both are strong and the same: for "is it the same to the byte?" */
export function matchesStrongly(first: EntityTag, second: EntityTag): boolean {
  return isStrong(first) && first === second;
}

/** The tags of a list such as If-None-Match has; null for what is no list. "*" is for the caller to see. */
export function parseEntityTags(text: string): readonly EntityTag[] | null {
  const tags: EntityTag[] = [];
  LISTED_TAG.lastIndex = 0;
  while (LISTED_TAG.lastIndex < text.length) {
    const found = LISTED_TAG.exec(text);
    if (found === null) return null;
    if (found[1] !== undefined) tags.push(found[1]);
  }
  return tags;
}
