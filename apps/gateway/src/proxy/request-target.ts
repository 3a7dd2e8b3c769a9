/** A path as it decides about a request. What is forwarded is the bytes that came. */
export interface RequestTarget {
  /**
   * Decoded where that can mean one thing only, each segment for itself. A slash that was data within a segment stays
   * written as "%2F".
   */
  readonly path: string;
  /** As it came, "?" included; empty without one. */
  readonly query: string;
  /** A segment holds an encoded slash or backslash: some upstreams mean it, as npm's registry does; most see a path. */
  readonly hasEncodedSlash: boolean;
  /** A segment holds ";": some servers cut the path there. */
  readonly hasParameters: boolean;
}

/** Visible ASCII but for "#", which no client sends, and "\", which browsers and some servers take for a slash. */
const PATH = /^\/[!-"$-[\]-~]*$/;
/** Visible ASCII but for "#". */
const QUERY = /^[!-"$-~]*$/;
/** Without any of these a name is just a name. */
const SUSPICIOUS = /[.%/\\\p{Cc}]/u;
const MAXIMUM_TARGET_LENGTH = 16_384;

/**
 * Reads a request line's target; null for one that could mean several things: another form than a path (RFC 9112, 3.2),
 * an empty or dot segment, plain or encoded, bytes that are no UTF-8, a control character, or a percent sign that was
 * encoded and that a second decoding would make into something else.
 */
export function readRequestTarget(target: string): RequestTarget | null {
  if (target.length > MAXIMUM_TARGET_LENGTH) return null;
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  const query = queryAt === -1 ? "" : target.slice(queryAt);
  if (!PATH.test(path) || !QUERY.test(query)) return null;
  const segments = path.slice(1).split("/");
  const decoded: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const name = segment.includes("%") ? decode(segment) : segment;
    // Only the last one may be empty: the path of a folder.
    if (name === null || (name === "" && index < segments.length - 1)) return null;
    if (isAmbiguous(name)) return null;
    decoded.push(name === segment ? name : name.replaceAll("/", "%2F").replaceAll("\\", "%5C"));
  }
  return {
    path: `/${decoded.join("/")}`,
    query,
    hasEncodedSlash: /%(2f|5c)/i.test(path),
    hasParameters: decoded.some((name) => name.includes(";")),
  };
}

/** Whatever slashes it holds: none of the names between them may be a step elsewhere. */
function isAmbiguous(name: string): boolean {
  if (!SUSPICIOUS.test(name)) return false;
  if (/[\p{Cc}%]/u.test(name)) return true;
  // Java servers cut a name at ";" before they look at it: "..;" is ".." to them.
  const parts = name.split(/[/\\]/).map((part) => part.split(";", 1)[0] ?? "");
  return parts.some((part) => part === "." || part === "..");
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
