import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { GuardedRequest } from "coatcheck/adapter";

/** A header as one text; null if it is absent. */
export function headerValue(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}

/** The headers of a request in the form that guards read: by their names in lower case. */
export function guardedHeaders(headers: IncomingHttpHeaders): GuardedRequest["headers"] {
  return { get: (name) => headerValue(headers[name]) };
}

/** A client sets it to "false" on requests that no person made, such as polls. It works on every path. */
const SLIDE_HEADER = "coatcheck-slide";

/**
 * Whether a request extends the session, because a person made it. A poll does not: it says so by `Coatcheck-Slide: false`.
 * An event stream never does, because a browser reopens it by itself. A client that lies here only shortens its own session.
 */
export function extendsSession({ headers }: Pick<GuardedRequest, "headers">): boolean {
  return headers.get(SLIDE_HEADER) !== "false" && !(headers.get("accept") ?? "").includes("text/event-stream");
}

/**
 * Whether a request on one of the gateway's own paths is a poll: it does not extend the session. On these paths the
 * query may say so as well, by `?slide=false`.
 */
export function isPoll(request: Pick<GuardedRequest, "headers" | "url">): boolean {
  const [, query = ""] = (request.url ?? "").split("?", 2);
  return !extendsSession(request) || new URLSearchParams(query).get("slide") === "false";
}

/** The path of the page that a form was on; null if the browser does not say, or the page was on another site. */
export function pageOfForm({ headers }: IncomingMessage): string | null {
  const { referer, host } = headers;
  if (referer === undefined || !URL.canParse(referer)) return null;
  const page = new URL(referer);
  return page.host === host ? page.pathname + page.search : null;
}
