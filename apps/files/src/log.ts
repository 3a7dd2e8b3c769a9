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
 * One line for every answered request: what, how it ended, whether all of it was sent, and how long it took. The path is the one that was understood:
 * what the client wrote may have a pass in it, anywhere. No header and no query, for the same reason.
 */
export function addRequestLog(app: FastifyInstance): void {
  app.decorateRequest("resourcePath", null);
  app.addHook("onResponse", async (request, reply) => {
    request.log.info({
      event: "request",
      method: request.method,
      path: request.resourcePath?.slice(0, LONGEST_PATH) ?? null,
      status: reply.statusCode,
      complete: reply.raw.writableFinished,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      address: request.ip,
    });
  });
}
