import type { HeaderEdit } from "../../http/response-headers.ts";

/** An edit that a shared response may keep: it is the same for every user, and only makes the response stricter. */
const HARMLESS: ReadonlySet<string> = new Set(["cache-control", "vary"]);

/**
 * Writes the headers into the response itself, and tells whether it did. A new response would turn the body into a stream,
 * which costs more than all else. Not where one of them is a single user's, for an application may answer many requests
 * with one response object; and not where headers are immutable, as those of a response that was fetched elsewhere.
 */
export function editInPlace(response: Response, edits: readonly HeaderEdit[]): boolean {
  if (!edits.every(({ name }) => HARMLESS.has(name))) return false;
  try {
    for (const { name, value } of edits) response.headers.set(name, value);
    return true;
  } catch {
    return false;
  }
}
