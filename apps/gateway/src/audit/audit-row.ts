import type { AuditDetail } from "./audit-event.ts";
import type { WrittenAuditEvent } from "./audit-log.ts";
import type { AuditEventName, AuditOutcome } from "./vocabulary.ts";

/** An event as both databases return it, without its detail. */
export interface AuditRow {
  readonly position: number;
  readonly id: string;
  readonly occurred_at: number;
  readonly event: AuditEventName;
  readonly outcome: AuditOutcome;
  readonly actor_id: string | null;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly client_address: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
}

export function eventOf(row: AuditRow, detail: AuditDetail): WrittenAuditEvent {
  return {
    position: row.position,
    id: row.id,
    occurredAt: row.occurred_at,
    event: row.event,
    outcome: row.outcome,
    actorId: row.actor_id,
    userId: row.user_id,
    sessionId: row.session_id,
    clientAddress: row.client_address,
    userAgent: row.user_agent,
    requestId: row.request_id,
    detail,
  };
}
