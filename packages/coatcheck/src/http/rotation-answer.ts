import { type GuardedRequest, opensWebSocket } from "./guarded-request.ts";
import { type HeaderEdit, isPublic, type OutgoingResponse } from "./response-headers.ts";

/** An answer that cannot wait unless it is told to be ready for that. */
export interface WaitingAnswer {
  /** From now on it may have to wait; `session` also ends without a rotation, for what cannot. */
  holdBack(session: { finishAtOnce(response: OutgoingResponse): readonly HeaderEdit[] }): void;
}

/** Where a browser puts what it navigates to. */
const NAVIGATIONS: ReadonlySet<string> = new Set(["document", "iframe", "frame", "fencedframe", "embed", "object"]);

const PAGES = /^(text\/html|application\/xhtml\+xml)\s*(;|$)/i;

/**
 * Whether a new secret may go out with this answer: only where a browser surely reads it, and keeps the cookie. Not
 * where a shared cache keeps it, a prefetch may be thrown away, or the headers leave long before or without a body.
 */
export function canCarryRotation(request: GuardedRequest, response: OutgoingResponse): boolean {
  const purpose = request.headers.get("sec-purpose") ?? request.headers.get("purpose") ?? "";
  return (
    isReadByBrowser(request, response) &&
    request.method !== "HEAD" &&
    !opensWebSocket(request) &&
    !purpose.includes("prefetch") &&
    response.status !== 304 &&
    !isPublic(response) &&
    !(response.headers.get("content-type") ?? "").startsWith("text/event-stream")
  );
}

/**
 * Whether a browser asked, and asked for what it is answered with. Every browser since 2023 says with all three fields
 * of Fetch Metadata what it is about to do; a server that hands on the cookie of its own request says none of them, or,
 * as Node's fetch, the mode alone. One that hands on every header repeats that a page is opened, and is answered with
 * the data for that page. What is left of such servers, the rule of three lost secrets finds.
 */
function isReadByBrowser({ headers }: GuardedRequest, response: OutgoingResponse): boolean {
  const [site, mode, destination] = ["site", "mode", "dest"].map((field) => headers.get(`sec-fetch-${field}`));
  if (!site || !mode || !destination) return false;
  const isNavigation = NAVIGATIONS.has(destination);
  if (isNavigation !== (mode === "navigate")) return false;
  return !isNavigation || PAGES.test(response.headers.get("content-type") ?? "");
}
