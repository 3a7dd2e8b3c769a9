import type { Timestamp } from "coatcheck";
import type { AuditEvent } from "./audit-event.ts";

/** An event as it was written. A later one has a greater position, whichever process wrote it. */
export interface WrittenAuditEvent extends AuditEvent {
  readonly position: number;
}

export interface AuditQuery {
  /** Events about this user, or done by them. */
  readonly userId?: string;
  /** Events of this name. */
  readonly event?: string;
  readonly limit: number;
}

/**
 * AuditLog keeps what happened, beside the accounts. What it holds is never changed, and leaves by its age alone.
 *
 * For all methods:
 * - Each call is atomic, against other calls in this process and in any other on the same database.
 * - A rejection is a fault, with code `accounts_unavailable`; the call may or may not have taken effect.
 */
export interface AuditLog {
  /**
   * Writes events, in their order. Those that are there already, by id, stay as they are: a call that failed may be
   * repeated. On SQLite a power cut may take back the last seconds; a crash of the process does not.
   */
  append(events: readonly AuditEvent[]): Promise<void>;

  /** The newest `limit` events that the query is about, the oldest of them first. */
  newest(query: AuditQuery): Promise<readonly WrittenAuditEvent[]>;

  /**
   * The `limit` events after a position, the oldest first. A reader that goes on from the last of them misses nothing:
   * no event appears later at a lower position.
   */
  after(position: number, query: AuditQuery): Promise<readonly WrittenAuditEvent[]>;

  /** Removes at most `limit` events that occurred before `time`; returns how many. */
  removeBefore(time: Timestamp, limit: number): Promise<number>;
}
