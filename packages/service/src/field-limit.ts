import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { answerEarly } from "./early-answer.ts";
import type { Problem } from "./problem.ts";

/**
 * Node reports 1,000 header fields and silently leaves out the rest: a name that must not pass, the length of a body, or the
 * last entry of a proxy. Another program may see all of them. No honest client sends this many.
 */
const MAXIMUM_FIELDS = 500;

export function hasTooManyFields({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length > 2 * MAXIMUM_FIELDS;
}

/**
 * Answers requests with more fields before anything else looks at them. The server must have its framework's handler
 * already.
 */
export function refuseTooManyFields(server: Server, problem: Problem, headers: Readonly<Record<string, string>>): void {
  answerEarly(server, (request, response, next) => {
    if (hasTooManyFields(request)) refuse(response, problem, headers);
    else next();
  });
}

/** Closes the connection: the fields that were left out may have announced a body. */
function refuse(response: ServerResponse, problem: Problem, headers: Readonly<Record<string, string>>): void {
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    ...headers,
    "cache-control": "no-store",
    "content-type": "application/problem+json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  });
  response.end(body);
}
