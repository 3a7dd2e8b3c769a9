import type { IncomingHttpHeaders } from "node:http";

/** By which a client says that nobody is behind a request: a poll, on any path. */
const HEADER = "coatcheck-slide";

/**
 * Whether a request shows that somebody is there, and so extends their session. A poll says that it does not, by
 * `Coatcheck-Slide: false` or, on the gateway's own paths, `?slide=false`; an event stream never does, for a browser opens
 * it again and again by itself. Whoever says so only shortens their own session.
 */
export function slides(headers: IncomingHttpHeaders, ownQuery: unknown = undefined): boolean {
  if (headers[HEADER] === "false") return false;
  if ((headers.accept ?? "").includes("text/event-stream")) return false;
  const { slide } = (ownQuery ?? {}) as { readonly slide?: unknown };
  return slide !== "false";
}
