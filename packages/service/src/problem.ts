import type { Duplex } from "node:stream";
import type { FastifyReply } from "fastify";

/** The errors that a service answers with, by their stable codes. */
export type ProblemTable<Code extends string> = Readonly<
  Record<Code, { readonly status: number; readonly detail: string }>
>;

/** A problem object (RFC 9457). Clients branch on `code`; the rest is for people. */
export interface Problem<Code extends string = string> {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: Code;
  readonly detail: string;
}

/** The names of RFC 9110. Node's own table has the names of older standards. */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The problem of a code. Pass `status` only for a code that stands for two situations. */
export function problemFrom<Code extends string>(
  problems: ProblemTable<Code>,
  code: Code,
  status: number = problems[code].status,
): Problem<Code> {
  return { type: "about:blank", title: TITLES[status] ?? "Error", status, code, detail: problems[code].detail };
}

/** Answers with a problem, which may have further members. */
export function sendProblemObject(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).header("cache-control", "no-store").type("application/problem+json").send(problem);
}

/**
 * Answers with a problem on a connection that has no reply object, and ends the connection: further bytes on it could belong
 * to the refused request.
 */
export function endWithProblem(socket: Duplex, problem: Problem, headers: Readonly<Record<string, string>>): void {
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "cache-control: no-store",
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  // A client that never closes its side must not keep the socket.
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
