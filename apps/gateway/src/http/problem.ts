import { type Problem, problemFrom, sendProblemObject } from "@coatcheck/service/problem";
import type { FastifyReply } from "fastify";

/**
 * Every error that the gateway answers with, by its stable code (RFC 9457). Clients branch on `code`; the rest is for
 * people. Several causes share one code where the difference would tell a stranger something.
 */
export const problems = {
  broken_json: { status: 400, detail: "The body is not valid JSON." },
  invalid_path: { status: 400, detail: "Programs may read this path in different ways, or not at all." },
  invalid_request: { status: 400, detail: "The request does not have the expected fields." },
  duplicate_session_cookie: { status: 400, detail: "The request carries the session cookie more than once." },
  unauthenticated: { status: 401, detail: "Sign in first." },
  invalid_credentials: { status: 401, detail: "Email and password do not match." },
  forbidden: { status: 403, detail: "This is not yours." },
  cross_origin_request: { status: 403, detail: "The request was made by a page of another origin." },
  headerless_request: {
    status: 403,
    detail: "Nothing says where the request came from. A script sends an Origin header of this site, or X-CSRF: 1.",
  },
  reauthentication_required: { status: 403, detail: "Enter the password again first." },
  not_found: { status: 404, detail: "There is nothing here." },
  method_not_allowed: {
    status: 405,
    detail: "This method is not offered here; the Allow header names those that are.",
  },
  session_busy: { status: 409, detail: "A new cookie is on its way to this browser. Try again in a moment." },
  session_limit_reached: { status: 409, detail: "This account is signed in on as many devices as it may be." },
  body_too_large: { status: 413, detail: "The body is larger than 16 KiB." },
  unsupported_media_type: { status: 415, detail: "Send the body as application/json." },
  misdirected_request: { status: 421, detail: "The gateway answers for the host of its public URL only." },
  headers_too_large: { status: 431, detail: "The headers are larger than 16 KiB, or more than 500." },
  password_refused: { status: 422, detail: "The new password does not meet the policy." },
  too_many_attempts: { status: 429, detail: "Too many attempts. Retry-After says when to try again." },
  too_many_connections: {
    status: 429,
    detail: "This session has as many connections open as it may. Retry-After says when to try again.",
  },
  internal_error: { status: 500, detail: "Something failed. It has been logged." },
  upstream_unreachable: { status: 502, detail: "The service behind this path does not answer." },
  upstream_timeout: { status: 504, detail: "The service behind this path takes too long." },
  unavailable: { status: 503, detail: "A part of the service does not answer. Try again in a moment." },
} as const satisfies Record<string, { status: number; detail: string }>;

export type ProblemCode = keyof typeof problems;

export function problemObject(code: ProblemCode, status?: number): Problem<ProblemCode> {
  return problemFrom(problems, code, status);
}

/**
 * `extensions` are further members of the problem object. Give `status` only for a code that stands for two situations.
 */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  extensions: { readonly status?: number; readonly [member: string]: unknown } = {},
): FastifyReply {
  const { status, ...members } = extensions;
  return sendProblemObject(reply, { ...problemObject(code, status), ...members });
}

/** For a fault that may have passed a moment later. Nothing was changed, as far as is known. */
export function sendUnavailable(reply: FastifyReply): FastifyReply {
  return sendProblem(reply.header("retry-after", "1"), "unavailable");
}

export function sendTooManyAttempts(reply: FastifyReply, retryAfterSeconds: number): FastifyReply {
  return sendProblem(reply.header("retry-after", String(retryAfterSeconds)), "too_many_attempts");
}
