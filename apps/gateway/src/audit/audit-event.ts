import type { Timestamp } from "coatcheck";
import type { AuditEventName, AuditOutcome } from "./vocabulary.ts";

export type AuditDetail = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One row. Nothing in it opens anything, and every text is bounded and free of control characters. */
export interface AuditEvent {
  /** Random: an event that is written a second time, because nobody said whether it had been, is there once. */
  readonly id: string;
  readonly occurredAt: Timestamp;
  readonly event: AuditEventName;
  readonly outcome: AuditOutcome;
  /** The user who did it; null for whoever could not show who they are, for the operator and for the gateway itself. */
  readonly actorId: string | null;
  /** The user whom it is about; null for nobody, and for nobody known. */
  readonly userId: string | null;
  /** As in the list of devices: names a session, and is no way into it. */
  readonly sessionId: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  /** The `reqId` of the log. */
  readonly requestId: string | null;
  readonly detail: AuditDetail;
}
