import type { IncomingMessage } from "node:http";

/** For bodies that the gateway reads to answer by itself, which are small, and for those that it reads only to drop. */
const BODY_TIMEOUT_MILLISECONDS = 30_000;

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Closes a connection on which a body does not arrive in time. Node's own limit would also apply to bodies that go to a
 * service, which may be large and slow: see `allowSlowBody`.
 */
export function requireBody(request: IncomingMessage, milliseconds = BODY_TIMEOUT_MILLISECONDS): void {
  if (!hasBody(request)) return;
  allowSlowBody(request);
  const timer = setTimeout(() => request.socket?.destroy(), milliseconds).unref();
  timers.set(request, timer);
  request.once("close", () => clearTimeout(timer));
}

/** Lifts the limit for a body that another part of the gateway reads. */
export function allowSlowBody(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
}

/** Whether a request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
