import type { FastifyReply, FastifyRequest } from "fastify";

/** How a request ended. */
export interface EndedRequest {
  /** Null for a request that was aborted before its answer began. */
  readonly status: number | null;
  /** Whether the whole answer was sent. */
  readonly complete: boolean;
  readonly milliseconds: number;
}

export type RequestEndListener = (request: FastifyRequest, ended: EndedRequest) => void;

/**
 * EndedRequests tells its listeners of each request once it is over, however it ended. The framework's own hook does
 * not report aborted requests: streams that their client closes, clients that give up, answers that end too soon.
 */
export class EndedRequests {
  readonly #listeners: RequestEndListener[] = [];

  on(listener: RequestEndListener): void {
    this.#listeners.push(listener);
  }

  /** Call this when a request begins. */
  watch(request: FastifyRequest, { raw }: FastifyReply): void {
    if (this.#listeners.length === 0) return;
    const startedAt = performance.now();
    raw.once("close", () => {
      const ended = {
        status: raw.headersSent ? raw.statusCode : null,
        complete: raw.writableFinished,
        milliseconds: performance.now() - startedAt,
      };
      for (const listener of this.#listeners) listener(request, ended);
    });
  }
}
