import { kindOf } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";

/** A path that means the same to every program that reads it. */
export interface AccessPath {
  /** The one spelling for comparison, URLs and signatures: `encodeURIComponent` writes each segment. */
  readonly text: string;
  /**
   * The names in the path, decoded. None is empty, "." or "..", or holds a slash or a control character. File names may
   * have "%" and "\\" in them, but no name may be one that a reader could take for a way out of its folder, by decoding
   * it once more or by taking "\\" for "/". (On Windows "\\" separates names: there, refuse each name that has one.)
   */
  readonly segments: readonly string[];
  /** Whether the path ends in "/": then it stands for all paths below it. */
  readonly isPrefix: boolean;
}

const MAXIMUM_PATH_LENGTH = 1_024;
const AMBIGUOUS = /[\p{Cc}/]/u;

/**
 * Reads a path as it stands in a URL, without its query. Null if it could mean several things: with empty or dot
 * segments, an encoded slash or control character, a backslash that is not encoded, anything that other readers could
 * take for one of these, or bytes that are not UTF-8. "/" is a prefix.
 */
export function readAccessPath(path: string): AccessPath | null {
  if (!path.startsWith("/") || path.length > MAXIMUM_PATH_LENGTH || /[?#\\]/.test(path)) return null;
  const isPrefix = path.endsWith("/");
  if (path === "/") return { text: path, segments: [], isPrefix };
  const segments: string[] = [];
  for (const segment of path.slice(1, isPrefix ? -1 : undefined).split("/")) {
    const name = decode(segment);
    if (name === null || name === "" || name === "." || name === ".." || AMBIGUOUS.test(name)) return null;
    if (isWayOut(name)) return null;
    segments.push(name);
  }
  const text = `/${segments.map(encodeURIComponent).join("/")}${isPrefix ? "/" : ""}`;
  return { text, segments, isPrefix };
}

/**
 * Reads a path like `readAccessPath`, and throws instead of returning null.
 *
 * @throws CoatcheckError `invalid_access_path`
 */
export function requireAccessPath(path: string): AccessPath {
  const read = typeof path === "string" ? readAccessPath(path) : null;
  if (read !== null) return read;
  const given = typeof path === "string" ? JSON.stringify(path.slice(0, 100)) : kindOf(path);
  throw new CoatcheckError(
    "invalid_access_path",
    `${given} is no path for a pass, such as "/videos/1.mp4" or "/videos/".`,
  );
}

/** Whether a pass for `scope` opens `file`: exactly that file or, for a prefix, one below it. Never a folder. */
export function scopeCovers(scope: AccessPath, file: AccessPath): boolean {
  if (file.isPrefix) return false;
  return scope.isPrefix ? file.text.startsWith(scope.text) : file.text === scope.text;
}

/** The characters that no name below a prefix may have, for a bracket expression: some servers decode or cut at one. */
const APART = "/?#%;\\\\";
/** A name that is neither "." nor "..", without a look-ahead, which POSIX does not know. */
const NAME = `([^.${APART}][^${APART}]*|[.][^.${APART}][^${APART}]*|[.][.][^${APART}]+)`;

/**
 * The scope as a URI container of RFC 9246, 2.1.1, in POSIX syntax. It binds the host part and the end, because Traffic
 * Server anchors only the beginning. Below a prefix it accepts plain names between single slashes: Traffic Server
 * forwards `//..`, `..%2F`, `..;` and `..\` unchanged, and the next server may take them for a way out of the folder.
 * Names there that need encoding therefore need a pass of their own.
 */
export function uriContainerOf({ text, isPrefix }: AccessPath): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `regex:https?://[^/?#]*${escaped}${isPrefix ? `(${NAME}/)*${NAME}` : ""}(\\?.*)?$`;
}

/** The number of times that a name is decoded again. An honest name stops changing before that. */
const READINGS = 3;
const ENCODED_ASCII = /%([0-7][0-9a-f])/gi;
const DOT_SEGMENT_OR_CONTROL = /(?:^|[\\/])\.{1,2}(?:;[^\\/]*)?(?:[\\/]|$)|\p{Cc}/u;

/** Whether a server that decodes the name again would read a path that leaves its folder (CWE-22, CWE-174). */
function isWayOut(name: string): boolean {
  if (!/[%\\]/.test(name)) return false;
  let reading = name;
  for (let times = 0; times <= READINGS; times++) {
    if (DOT_SEGMENT_OR_CONTROL.test(reading)) return true;
    const next = reading.replace(ENCODED_ASCII, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (next === reading) return false;
    reading = next;
  }
  return true;
}

function decode(segment: string): string | null {
  try {
    const name = decodeURIComponent(segment);
    // encodeURIComponent throws for half of a surrogate pair, which has no encoding.
    encodeURIComponent(name);
    return name;
  } catch {
    return null;
  }
}
