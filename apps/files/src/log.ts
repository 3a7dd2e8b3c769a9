import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Which file was asked for, as it was understood; null until it is, or if it cannot be. */
    resourcePath: string | null;
  }
}

/** Strangers choose how long a path is, and how many lines there are of it. */
const LONGEST_PATH = 1_024;

/**
 * One line for every request: what, how it ended, whether all of it was sent, and how long it took. The path is the one
 * that was understood: what the client wrote may have a pass in it, anywhere. No header and no query, for the same reason.
 */
export function addRequestLog(app: FastifyInstance): void {
  app.decorateRequest("resourcePath", null);
  app.addHook("onRequest", (request, reply, done) => {
    const { ip: address } = request;
    const startedAt = performance.now();
    // Fastify's hook for answers is not called for one that the client gave up, or that was cut.
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
