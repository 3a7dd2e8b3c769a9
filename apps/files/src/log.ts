import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /**
     * The path of the requested file, as the service understood it. Null before that, and for a path that it cannot
     * understand.
     */
    resourcePath: string | null;
  }
}

/** Strangers choose the length of a path and the number of lines. */
const LONGEST_PATH = 1_024;

/**
 * Logs one line for each request: its path, its status, whether the whole answer was sent, and how long it took. The path is
 * the one that was understood, because the client's own text may contain a pass anywhere. For the same reason there are no
 * headers and no query.
 */
export function addRequestLog(app: FastifyInstance): void {
  app.decorateRequest("resourcePath", null);
  app.addHook("onRequest", (request, reply, done) => {
    const { ip: address } = request;
    const startedAt = performance.now();
    // Fastify's hook for answers is not called for an answer that the client gave up or that was cut off.
    reply.raw.once("close", () => {
      request.log.info({
        event: "request",
        method: request.method,
        path: request.resourcePath?.slice(0, LONGEST_PATH) ?? null,
        status: reply.statusCode,
        complete: reply.raw.writableFinished,
        milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
        address,
      });
    });
    done();
  });
}
