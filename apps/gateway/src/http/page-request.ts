import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Whether a person opens a page, who can be sent elsewhere: by Fetch Metadata, or the wish for HTML of an older browser. */
export function opensPage(method: string, headers: IncomingHttpHeaders): boolean {
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
