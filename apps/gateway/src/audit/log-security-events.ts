import type { FastifyBaseLogger } from "fastify";
import type { SecurityEvents } from "./security-events.ts";
import { vocabulary } from "./vocabulary.ts";

/** Writes a log line for every reported event, under the same name as in the audit log. */
export function logSecurityEvents(security: SecurityEvents, log: FastifyBaseLogger): void {
  security.on(({ event, userId, sessionId, detail }, origin) => {
    const { outcome, text } = vocabulary[event];
    // Members without a value are left out of the line.
    const line = { event, reqId: origin?.requestId, userId: userId ?? undefined, sessionId, ...detail };
    if (outcome === "failure") log.warn(line, text);
    else log.info(line, text);
  });
}
