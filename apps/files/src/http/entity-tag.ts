import type { UnixMilliseconds } from "./http-date.ts";

/** A tag as headers have it: `"…"`, or `W/"…"` for a weak one (RFC 9110, 8.8.3). */
export type EntityTag = string;

/** Longer than a clock tick of any file system, and than the difference of two clocks in one network. */
const CHANGED_JUST_NOW_MILLISECONDS = 2_000;
const LISTED_TAG = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

/**
 * A tag made of the facts in the file system, so that copies of one file on several machines have the same tag. The tag is
 * weak while the file may still change within the clock tick of its last change: if one strong tag stood for two contents, a
 * client would join ranges of both.
 */
export function entityTagOf(size: number, modifiedAt: UnixMilliseconds, now: UnixMilliseconds): EntityTag {
  const tag = `"${size.toString(36)}-${Math.round(modifiedAt * 1_000).toString(36)}"`;
  return now - modifiedAt > CHANGED_JUST_NOW_MILLISECONDS ? tag : `W/${tag}`;
}

export function isStrong(tag: EntityTag): boolean {
  return tag.startsWith('"');
}

/** The weak comparison (RFC 9110, 8.8.3.2): whether a copy is still good enough. */
export function matchesWeakly(first: EntityTag, second: EntityTag): boolean {
  return first.replace(/^W\//, "") === second.replace(/^W\//, "");
}

/** The strong comparison: whether a copy is the same to the byte. */
export function matchesStrongly(first: EntityTag, second: EntityTag): boolean {
  return isStrong(first) && first === second;
}

/** The tags in the list of a header such as If-None-Match. Null for a faulty list. The caller handles "*". */
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
