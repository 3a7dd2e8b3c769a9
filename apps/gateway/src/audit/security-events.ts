import type { FastifyBaseLogger } from "fastify";
import type { AuditDetail } from "./audit-event.ts";
import { originOf, type RequestOrigin } from "./request-origin.ts";
import { type AuditEventName, vocabulary } from "./vocabulary.ts";

/** A report of an action or refusal that just happened. Nothing in it may be secret. */
export interface SecurityReport {
  readonly event: AuditEventName;
  /** The user that the event is about, if known. */
  readonly userId?: string | null;
  /** The user who acted; left out if no user has logged in. */
  readonly actorId?: string | null;
  readonly sessionId?: string;
  readonly detail?: AuditDetail;
}

export type SecurityListener = (report: SecurityReport, origin: RequestOrigin | null) => void;

/**
 * SecurityEvents takes reports from the places that decide, and passes them with their request to the listeners that
 * log or count them. Listeners must not throw, and must not take long: a request waits.
 */
export class SecurityEvents {
  readonly #listeners: SecurityListener[] = [];

  on(listener: SecurityListener): void {
    this.#listeners.push(listener);
  }

  /** `cause` is the request that caused the event, as the guard saw it; null for the gateway's own chores. */
  report(report: SecurityReport, cause: object | null = null): void {
    const origin = originOf(cause);
    for (const listener of this.#listeners) listener(report, origin);
  }
}

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
