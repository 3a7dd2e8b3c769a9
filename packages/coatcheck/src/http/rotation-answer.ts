import { type GuardedRequest, opensWebSocket } from "./guarded-request.ts";
import { type HeaderEdit, isPublic, type OutgoingResponse } from "./response-headers.ts";

/** An answer that can only wait if it is warned in advance. */
export interface WaitingAnswer {
  /** From now on the answer may have to wait. One that cannot calls `finishAtOnce`, which ends without a rotation. */
  holdBack(session: { finishAtOnce(response: OutgoingResponse): readonly HeaderEdit[] }): void;
}

/** The destinations of a browser's navigations. */
const NAVIGATIONS: ReadonlySet<string> = new Set(["document", "iframe", "frame", "fencedframe", "embed", "object"]);

const PAGES = /^(text\/html|application\/xhtml\+xml)\s*(;|$)/i;

/**
 * Whether a new secret may go out with this answer: only if a browser surely reads it, and keeps the cookie. Not if a
 * shared cache keeps the answer, a prefetch may be thrown away, or the headers leave long before the body or without
 * one.
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
 * Whether a browser made the request, and for the kind of answer that it gets. Every browser since 2023 states its
 * intent in all three fields of Fetch Metadata. A server that passes on the cookie of its own request sends none of
 * them or, like Node's fetch, only the mode. A server that passes on every header claims to open a page, but gets the
 * data for that page. The rule of three lost secrets catches the remaining servers.
 */
function isReadByBrowser({ headers }: GuardedRequest, response: OutgoingResponse): boolean {
  const [site, mode, destination] = ["site", "mode", "dest"].map((field) => headers.get(`sec-fetch-${field}`));
  if (!site || !mode || !destination) return false;
  const isNavigation = NAVIGATIONS.has(destination);
  if (isNavigation !== (mode === "navigate")) return false;
  return !isNavigation || PAGES.test(response.headers.get("content-type") ?? "");
}
