import type { GuardedRequest } from "./guarded-request.ts";
import { safeNext } from "./safe-next.ts";

/** The part of a request that tells whether a person or a script reads the answer. */
type AskedFor = Pick<GuardedRequest, "method" | "headers">;

/**
 * Whether a browser goes somewhere: only a navigation says so (Fetch Metadata). Older browsers say nothing. There it is a wish
 * for HTML, but for scripts of libraries that give themselves away.
 */
export function isNavigation({ headers }: Pick<GuardedRequest, "headers">): boolean {
  const mode = headers.get("sec-fetch-mode");
  if (mode !== null) return mode === "navigate";
  return (headers.get("accept") ?? "").includes("text/html") && headers.get("x-requested-with") === null;
}

/** Whether a person opens a page, and so can be redirected: a script gets the status. */
export function opensPage(request: AskedFor): boolean {
  return (request.method === "GET" || request.method === "HEAD") && isNavigation(request);
}

/** The address of a view, such as "/login", with the way back to where a person wanted to go. */
export function viewWithNext(view: string, target: string): string {
  return `${view}${view.includes("?") ? "&" : "?"}next=${encodeURIComponent(safeNext(target))}`;
}
