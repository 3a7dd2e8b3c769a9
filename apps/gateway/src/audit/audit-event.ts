import type { Timestamp } from "coatcheck";
import type { AuditEventName, AuditOutcome } from "./vocabulary.ts";

export type AuditDetail = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One row. Nothing in it opens anything, and every text is bounded and free of control characters. */
export interface AuditEvent {
  /** Random, so that an event which is written twice, because the first answer was lost, is stored once. */
  readonly id: string;
  readonly occurredAt: Timestamp;
  readonly event: AuditEventName;
  readonly outcome: AuditOutcome;
  /**
   * The user who did it; null for a client that could not show who it is, for the operator and for the gateway itself.
   */
  readonly actorId: string | null;
  /** The user that it is about; null for no user or an unknown one. */
  readonly userId: string | null;
  /** As in the list of devices: names a session, and is no way into it. */
  readonly sessionId: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  /** The `reqId` of the log. */
  readonly requestId: string | null;
  readonly detail: AuditDetail;
}
