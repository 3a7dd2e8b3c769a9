import { CoatcheckError } from "coatcheck";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError, type GatewayErrorCode } from "../errors.ts";
import type { ProblemCode } from "../http/problem.ts";
import type { ProblemAnswers } from "./problem-answers.ts";

const CODES_OF_FASTIFY: ReadonlyMap<string, ProblemCode> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "body_too_large"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "unsupported_media_type"],
  ["FST_ERR_CTP_INVALID_JSON_BODY", "broken_json"],
  ["FST_ERR_VALIDATION", "invalid_request"],
]);

const MAY_PASS: ReadonlySet<GatewayErrorCode> = new Set([
  "accounts_unavailable",
  "overloaded",
  "breached_passwords_unreadable",
  "pass_rule_unavailable",
]);

/**
 * The last resort for errors (OWASP ASVS 5.0, 16.5): every fault becomes a problem with a code, and none shows a
 * message that was written for operators. Faults that may pass are 503: never "anonymous", never "logged in".
 */
export function addErrorResponses(app: FastifyInstance, problemAnswers: ProblemAnswers): void {
  app.setErrorHandler((error, request, reply) => answerFault(error, { request, reply }, problemAnswers));
  app.setNotFoundHandler((_request, reply) => problemAnswers.send(reply, "not_found"));
}

export function answerFault(
  error: unknown,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  problemAnswers: ProblemAnswers,
): FastifyReply {
  const code = problemCodeOf(error);
  // Faults that strangers can cause as often as they like are reported where they are decided, and limited there.
  const isReported = error instanceof GatewayError && error.code === "overloaded";
  if (!isReported && (code === "internal_error" || code === "unavailable")) {
    request.log.error({ event: "request_failed", err: error }, "a request failed");
  }
  if (code === "unavailable") {
    const retryAfterSeconds = error instanceof GatewayError ? error.retryAfterSeconds : null;
    reply.header("retry-after", String(retryAfterSeconds ?? 1));
  }
  return problemAnswers.send(reply, code);
}

function problemCodeOf(error: unknown): ProblemCode {
  if (error instanceof CoatcheckError) return error.statusCode === 503 ? "unavailable" : "internal_error";
  if (error instanceof GatewayError) {
    return MAY_PASS.has(error.code) ? "unavailable" : "internal_error";
  }
  const { code, statusCode } = errorFacts(error);
  const known = CODES_OF_FASTIFY.get(code);
  if (known !== undefined) return known;
  // Other errors that Fastify finds in a request, such as in its framing or its URL.
  return statusCode >= 400 && statusCode < 500 ? "invalid_request" : "internal_error";
}

function errorFacts(error: unknown): { code: string; statusCode: number } {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return {
    code: typeof code === "string" ? code : "",
    statusCode: typeof statusCode === "number" ? statusCode : 500,
  };
}
