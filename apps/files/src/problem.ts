import { problemFrom, sendProblemObject } from "@coatcheck/service/problem";
import type { FastifyReply } from "fastify";

/**
 * Every error that the file service answers with, by its stable code (RFC 9457). A client without a good pass always
 * gets the same answer, so it learns neither why the pass was refused nor whether there is a file.
 */
export const problems = {
  invalid_request: { status: 400, detail: "The file service does not understand this request." },
  invalid_path: { status: 400, detail: "The path could mean several things, or cannot be the path of a file." },
  several_passes: { status: 400, detail: "The request carries more than one pass." },
  pass_refused: { status: 401, detail: "No pass opens this." },
  cross_site_cookie: {
    status: 403,
    detail: "A page of another site cannot have a pass kept in a cookie. Open it from the site of the files.",
  },
  not_found: { status: 404, detail: "There is nothing here." },
  method_not_allowed: { status: 405, detail: "Files are read, by GET and HEAD." },
  precondition_failed: { status: 412, detail: "The file is not the one that the request is about." },
  range_not_satisfiable: {
    status: 416,
    detail: "The file has none of these bytes; Content-Range says how many it has.",
  },
  headers_too_large: { status: 431, detail: "The headers are larger than 16 KiB, or more than 500." },
  too_many_downloads: {
    status: 429,
    detail: "This login has as many downloads under way as it may. Try again when one of them has ended.",
  },
  playlist_too_large: {
    status: 500,
    detail: "The playlist is too large to be rewritten. Play it by a pass in a cookie.",
  },
  playlist_unreadable: {
    status: 500,
    detail: "The playlist is stored in an unknown encoding. It has been logged.",
  },
  playlist_unsafe: {
    status: 500,
    detail: "The playlist could make the player send the pass to another host. Play it by a pass in a cookie.",
  },
  internal_error: { status: 500, detail: "Something failed. It has been logged." },
  unavailable: { status: 503, detail: "A part of the service does not answer. Try again in a moment." },
} as const satisfies Record<string, { status: number; detail: string }>;

export type ProblemCode = keyof typeof problems;

/** Headers about a file that is not sent after all. */
const OF_A_FILE = [
  "content-length",
  "content-range",
  "content-encoding",
  "content-disposition",
  "etag",
  "last-modified",
  "accept-ranges",
  "set-cookie",
];

/** `headers` are sent in addition to those of every problem. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  for (const name of OF_A_FILE) {
    reply.removeHeader(name);
    // If a stream failed before its first byte, these headers are on the response already.
    if (!reply.raw.headersSent) reply.raw.removeHeader(name);
  }
  return sendProblemObject(reply.headers(headers), problemFrom(problems, code));
}

/** For a fault that may pass in a moment. */
export function sendUnavailable(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, "unavailable", { "retry-after": "1" });
}
