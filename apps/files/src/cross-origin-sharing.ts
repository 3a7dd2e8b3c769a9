import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";

const EXPOSED = "accept-ranges, content-length, content-range, etag";
const ALLOWED_HEADERS = "range, if-range, if-match, if-none-match, if-modified-since, if-unmodified-since";
const PREFLIGHT_SECONDS = "7200";

/**
 * Lets scripts of the configured origins read files (Fetch, 3.2), such as players that fetch segments themselves. It allows
 * credentials, for passes in cookies. That is safe because the origins are named one by one. Elements such as `<audio>` do
 * not need it.
 */
export function addCrossOriginSharing(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length === 0) return;
  const allowed = new Set(allowedOrigins);
  app.addHook("onRequest", (request, reply, done) => {
    // Also for a request without Origin: the browser's copy of that answer must not serve a script that sends an
    // Origin.
    reply.header("vary", "Origin");
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
      reply.headers({
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": EXPOSED,
      });
    }
    done();
  });
}

/** The answer to OPTIONS. A preflight carries no pass, so its answer says nothing about files. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isPreflight = request.headers["access-control-request-method"] !== undefined;
  if (!isPreflight || reply.getHeader("access-control-allow-origin") === undefined) {
    return sendProblem(reply, "method_not_allowed", { allow: "GET, HEAD" });
  }
  return reply
    .code(204)
    .headers({
      "access-control-allow-methods": "GET, HEAD",
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": PREFLIGHT_SECONDS,
    })
    .send();
}
