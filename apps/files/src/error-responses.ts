import type { FastifyInstance } from "fastify";
import { FileServiceError } from "./errors.ts";
import { type ProblemCode, problems, sendProblem, sendUnavailable } from "./problem.ts";

/**
 * The last resort for errors (OWASP ASVS 5.0, 16.5): every fault becomes a problem with a code, and its internal message is
 * never shown.
 */
export function addErrorResponses(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const code = problemCodeOf(error);
    // A client that leaves closes its file in the middle of a read. That is not a failure.
    if (problems[code].status >= 500 && !reply.raw.destroyed) {
      request.log.error({ event: "request_failed", path: request.resourcePath, err: error }, "a request failed");
    }
    return code === "unavailable" ? sendUnavailable(reply) : sendProblem(reply, code);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, "not_found"));
}

function problemCodeOf(error: unknown): ProblemCode {
  if (error instanceof FileServiceError) {
    const { code } = error;
    if (code === "playlist_too_large" || code === "playlist_unreadable" || code === "playlist_unsafe") return code;
    return code === "source_unavailable" || code === "file_changed" ? "unavailable" : "internal_error";
  }
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  // A verifier that could not read its keys throws with status 503, and Fastify with 4xx for a faulty request.
  if (statusCode === 503) return "unavailable";
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? "invalid_request" : "internal_error";
}
