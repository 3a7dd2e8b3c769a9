import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { answerEarly } from "./early-answer.ts";
import type { Problem } from "./problem.ts";

/**
 * Node tells of 1,000 fields, and leaves out the rest without a word: a name that is not to pass, the length of a body, what
 * a proxy wrote last. Another program may look at all of them. No client has as many.
 */
const MAXIMUM_FIELDS = 500;

export function hasTooManyFields({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length > 2 * MAXIMUM_FIELDS;
}

/** Answers such requests before anything else looks at them. The server must have its framework's handler already. */
export function refuseTooManyFields(server: Server, problem: Problem, headers: Readonly<Record<string, string>>): void {
  answerEarly(server, (request, response, next) => {
    if (hasTooManyFields(request)) refuse(response, problem, headers);
    else next();
  });
}

/** What else comes on the connection is not waited for: whether there is a body was perhaps left out. */
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
