import type { IncomingMessage } from "node:http";

/** For what the gateway answers by itself, which has small ones, and for what is read only to be dropped. */
const BODY_TIMEOUT_MILLISECONDS = 30_000;

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Ends a connection on which a body does not come. Node's own bound would count for what is sent to a service too, and that
 * may be much and take long: see `allowSlowBody`.
 */
export function requireBody(request: IncomingMessage, milliseconds = BODY_TIMEOUT_MILLISECONDS): void {
  if (!hasBody(request)) return;
  allowSlowBody(request);
  const timer = setTimeout(() => request.socket?.destroy(), milliseconds).unref();
  timers.set(request, timer);
  request.once("close", () => clearTimeout(timer));
}

/** For a body that another part of the gateway reads. */
export function allowSlowBody(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
}

/** Whether a request says that it has one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
