import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** A header as one text; null if it is absent. */
export function headerValue(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}

/** A client sets it to "false" on requests that no person made, such as polls. It works on every path. */
const SLIDE_HEADER = "coatcheck-slide";

/**
 * Whether a request extends the session, because a person made it. A poll does not: it says so by `Coatcheck-Slide: false`
 * or, on the gateway's own paths, by `?slide=false`. An event stream never does, because a browser reopens it by itself. A
 * client that lies here only shortens its own session.
 */
export function extendsSession(headers: IncomingHttpHeaders, ownQuery: unknown = undefined): boolean {
  if (headers[SLIDE_HEADER] === "false") return false;
  if ((headers.accept ?? "").includes("text/event-stream")) return false;
  const { slide } = (ownQuery ?? {}) as { readonly slide?: unknown };
  return slide !== "false";
}

/** Whether a person opens a page, who can be sent elsewhere: by Fetch Metadata, or the wish for HTML of an older browser. */
export function asksForPage(method: string, headers: IncomingHttpHeaders): boolean {
  return (method === "GET" || method === "HEAD") && navigates(headers);
}

/** Whether a person sends a form, and looks at what comes of it. */
export function sendsForm(method: string, headers: IncomingHttpHeaders): boolean {
  return method === "POST" && navigates(headers);
}

/** The path of the page that a form was on; null where the browser does not say, or it was on another site. */
export function pageOfForm({ headers }: IncomingMessage): string | null {
  const { referer, host } = headers;
  if (referer === undefined || !URL.canParse(referer)) return null;
  const page = new URL(referer);
  return page.host === host ? page.pathname + page.search : null;
}

function navigates(headers: IncomingHttpHeaders): boolean {
  const mode = headers["sec-fetch-mode"];
  return mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
}
