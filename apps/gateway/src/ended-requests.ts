import type { FastifyInstance, FastifyRequest } from "fastify";

/** How a request ended. */
export interface EndedRequest {
  /** Null for one that was broken off before its answer began. */
  readonly status: number | null;
  /** Whether all of the answer was sent. */
  readonly complete: boolean;
  readonly milliseconds: number;
}

/**
 * Tells of each request once it is over, however that came about. The framework's own hook is silent about those that are
 * broken off: streams that their client closes, clients that give up, answers that end too soon.
 */
export function onRequestEnd(
  app: FastifyInstance,
  listener: (request: FastifyRequest, ended: EndedRequest) => void,
): void {
  app.addHook("onRequest", (request, { raw }, done) => {
    const startedAt = performance.now();
    raw.once("close", () => {
      listener(request, {
        status: raw.headersSent ? raw.statusCode : null,
        complete: raw.writableFinished,
        milliseconds: performance.now() - startedAt,
      });
    });
    done();
  });
}
