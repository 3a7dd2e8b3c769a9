import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Ends connections on which a body does not come: what the gateway answers by itself, refusals included, has small ones.
 * Node's own bound would count for what is sent to a service too, and that may be much and take long: see `allowSlowBody`.
 */
export function requireBodiesWithin(app: FastifyInstance, milliseconds: number): void {
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    if (hasBody(raw)) {
      const timer = setTimeout(() => raw.socket?.destroy(), milliseconds).unref();
      timers.set(raw, timer);
      raw.once("close", () => clearTimeout(timer));
    }
    done();
  });
}

/** For a body that somebody else sees to. */
export function allowSlowBody(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
}

/** Whether a request says that it has one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
