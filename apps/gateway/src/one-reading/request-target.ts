import { type LooseReading, looseReadings } from "./loose-reading.ts";
import type { PathAllowance, PathAllowances } from "./path-allowances.ts";
import { emittedSegment, readSegment } from "./path-segment.ts";

/** A path as the gateway decides about it, and as it writes it to the service that gets the request. */
export interface RequestTarget {
  /**
   * The path, decoded segment by segment where that can mean one thing only. Encoded data within a segment stays
   * written as "%2F", "%5C" and "%25", and a byte that is not UTF-8 as "%E9".
   */
  readonly path: string;
  /** The query as the client sent it, "?" included; empty if there is none. The gateway decides nothing by it. */
  readonly query: string;
  /**
   * Path and query as the gateway forwards them, written anew from the decided path (RFC 3986, 6.2.2). Needless
   * encoding is removed, hexadecimal digits are in upper case, and reserved characters stay as they came.
   */
  readonly forwarded: string;
  /** The allowances that a route must give for this path. */
  readonly needs: readonly PathAllowance[];
  /** The paths that a less exact service may read. The first is the reading of the whole path. */
  readonly readings: readonly LooseReading[];
}

/** Visible ASCII without "#", which no client sends, and "\", which browsers and some servers take for a slash. */
const PATH = /^\/[!-"$-[\]-~]*$/;
/** Visible ASCII without "#". */
const QUERY = /^[!-"$-~]*$/;
/** "-", ".", digits, letters, "_" and "~". */
const NEEDLESS = /%(2[DE]|3\d|4[1-9A-F]|5[\dAF]|6[1-9A-F]|7[\dAE])/i;
const MAXIMUM_TARGET_LENGTH = 16_384;

/**
 * Reads the target of a request line. Null for a target that means several things to any service: another form than a
 * path (RFC 9112, 3.2), an empty segment at the beginning, a dot segment (plain, encoded, or after another decoding), a
 * control character, or an overlong form.
 */
export function readRequestTarget(target: string): RequestTarget | null {
  if (target.length > MAXIMUM_TARGET_LENGTH) return null;
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  const query = queryAt === -1 ? "" : target.slice(queryAt);
  if (!PATH.test(path) || !QUERY.test(query) || path.startsWith("//")) return null;

  const needs = new Set<PathAllowance>();
  const decided: string[] = [];
  const emitted: string[] = [];
  const segments = path.slice(1).split("/");
  for (const [index, segment] of segments.entries()) {
    const name = readSegment(segment, needs);
    if (name === null) return null;
    // The last segment may be empty: the path of a folder.
    if (name === "" && index < segments.length - 1) needs.add("allowEmptySegments");
    decided.push(name);
    emitted.push(emittedSegment(segment));
  }
  const text = `/${decided.join("/")}`;
  const readings = looseReadings(text);
  if (readings === null) return null;
  return { path: text, query, forwarded: `/${emitted.join("/")}${query}`, needs: [...needs], readings };
}

/** Whether the path of a target encodes a letter or another character that needs no encoding. */
export function hasNeedlessEncoding(target: string): boolean {
  return NEEDLESS.test(target.split("?", 1)[0] ?? "");
}

/** Whether the route allows everything that the path needs. */
export function isAllowed({ needs }: Pick<RequestTarget, "needs">, allowances: PathAllowances): boolean {
  return needs.every((each) => allowances[each]);
}
