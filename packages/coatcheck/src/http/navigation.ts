import type { GuardedRequest } from "./guarded-request.ts";
import { safeNext } from "./safe-next.ts";

/** The part of a request that tells whether a person or a script reads the answer. */
type AskedFor = Pick<GuardedRequest, "method" | "headers">;

/**
 * Whether a browser navigates: Fetch Metadata says so. From an older browser, a request that accepts HTML counts as a
 * navigation, unless X-Requested-With shows that a script sent it.
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
