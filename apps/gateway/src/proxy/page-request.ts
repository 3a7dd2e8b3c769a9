import type { IncomingHttpHeaders } from "node:http";

/** Whether a person opens a page, who can be sent elsewhere: by Fetch Metadata, or the wish for HTML of an older browser. */
export function opensPage(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = headers["sec-fetch-mode"];
  return mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
}
