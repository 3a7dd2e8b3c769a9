import type { FastifyReply } from "fastify";

/** What the library answers instead of what it was asked for (RFC 9457), by a stable code. */
const problems = {
  invalid_request: { status: 400, title: "Bad Request", detail: "This is no request that is understood here." },
  unauthenticated: { status: 401, title: "Unauthorized", detail: "This library is behind the gateway: ask there." },
  not_found: { status: 404, title: "Not Found", detail: "There is nothing here." },
  internal_error: { status: 500, title: "Internal Server Error", detail: "Something failed." },
  unavailable: { status: 503, title: "Service Unavailable", detail: "The gateway's keys cannot be read. Try again." },
} as const;

export type ProblemCode = keyof typeof problems;

export function sendProblem(reply: FastifyReply, code: ProblemCode): FastifyReply {
  const { status, title, detail } = problems[code];
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send({ type: "about:blank", title, status, code, detail });
}
