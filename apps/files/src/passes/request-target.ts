import { type AccessPath, readAccessPath } from "coatcheck/passes";

/** What a request asks for, taken apart once: everything that follows goes by it, and nothing by the text. */
export interface RequestTarget {
  readonly path: AccessPath;
  /** The pass that the path began with, `/~/<pass>/…`; null if it does not. */
  readonly passInPath: string | null;
  /** Every `token` of the query. */
  readonly passesInQuery: readonly string[];
  /** Whether the pass is to be kept in a cookie. */
  readonly asksForCookie: boolean;
}

const PASS_IN_PATH = /^\/~\/([^/]*)(\/.*)$/;
/** The first names of paths that are not files': passes, and what the service says of itself. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["~", "-"]);

/** Reads the target as it stands in the request line; null for one that could mean several things. */
export function readRequestTarget(url: string): RequestTarget | null {
  const mark = url.indexOf("?");
  const whole = mark === -1 ? url : url.slice(0, mark);
  const [, passInPath = null, rest = whole] = PASS_IN_PATH.exec(whole) ?? [];
  const path = readAccessPath(rest);
  if (path === null || RESERVED_NAMES.has(path.segments[0] ?? "")) return null;
  if (mark === -1) return { path, passInPath, passesInQuery: [], asksForCookie: false };
  const query = new URLSearchParams(url.slice(mark + 1));
  return { path, passInPath, passesInQuery: query.getAll("token"), asksForCookie: query.get("cookie") === "1" };
}
