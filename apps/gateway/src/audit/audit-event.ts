import type { Timestamp } from "coatcheck";
import type { AuditEventName, AuditOutcome } from "./vocabulary.ts";

export type AuditDetail = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One row. Nothing in it gives access to anything, and every text is bounded and free of control characters. */
export interface AuditEvent {
  /** Random, so that an event that is written twice, because the first answer was lost, is stored once. */
  readonly id: string;
  readonly occurredAt: Timestamp;
  readonly event: AuditEventName;
  readonly outcome: AuditOutcome;
  /**
   * The user who acted; null for a client that could not show who it is, for the operator and for the gateway itself.
   */
  readonly actorId: string | null;
  /** The user that the event is about; null for no user or an unknown one. */
  readonly userId: string | null;
  /** The id from the list of devices: it names a session, and gives no access to it. */
  readonly sessionId: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  /** The `reqId` of the log. */
  readonly requestId: string | null;
  readonly detail: AuditDetail;
}
