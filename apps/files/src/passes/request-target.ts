import { type AccessPath, readAccessPath } from "coatcheck/passes";

/** The target of a request, parsed once. All later decisions use it, and none uses the text. */
export interface RequestTarget {
  readonly path: AccessPath;
  /** The pass at the beginning of the path, `/~/<pass>/…`. Null if there is none. */
  readonly passInPath: string | null;
  /** Every `token` of the query. */
  readonly passesInQuery: readonly string[];
  /** Whether the client wants the pass in a cookie. */
  readonly asksForCookie: boolean;
}

const PASS_IN_PATH = /^\/~\/([^/]*)(\/.*)$/;
/** The first names of paths that are not paths of files: passes, and the health of the service. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["~", "-"]);

/** Reads the target of the request line. Null for a target that could mean several things. */
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
