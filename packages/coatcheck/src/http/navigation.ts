import type { GuardedRequest } from "./guarded-request.ts";
import { safeNext } from "./safe-next.ts";

/** As much of a request as tells who looks at its answer. */
type AskedFor = Pick<GuardedRequest, "method" | "headers">;

/** Whether a browser goes somewhere: as only a navigation says (Fetch Metadata), or by an older one's wish for HTML. */
export function isNavigation({ headers }: Pick<GuardedRequest, "headers">): boolean {
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? (headers.get("accept") ?? "").includes("text/html") : mode === "navigate";
}

/** Whether a person opens a page, who can be sent elsewhere: a script is told by the status. */
export function opensPage(request: AskedFor): boolean {
  return (request.method === "GET" || request.method === "HEAD") && isNavigation(request);
}

/** The address of a view, such as "/login", with the way back to where a person wanted to go. */
export function viewWithNext(view: string, target: string): string {
  return `${view}${view.includes("?") ? "&" : "?"}next=${encodeURIComponent(safeNext(target))}`;
}
