import type { Timestamp } from "coatcheck";
import type { AuditEvent } from "./audit-event.ts";

/** An event as it was written. A later event has a greater position, whichever process wrote it. */
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
 * AuditLog keeps security events, beside the accounts. Its events never change, and are removed only by age.
 *
 * For all methods:
 * - Each call is atomic, against other calls in this process and in any other on the same database.
 * - A rejection is a fault, with code `accounts_unavailable`; the call may or may not have taken effect.
 */
export interface AuditLog {
  /**
   * Writes events, in their order. Events whose id is already there stay as they are, so a failed call may be repeated.
   * On SQLite a power cut may lose the last seconds; a crash of the process does not.
   */
  append(events: readonly AuditEvent[]): Promise<void>;

  /** The newest `limit` events that match the query, oldest first. */
  newest(query: AuditQuery): Promise<readonly WrittenAuditEvent[]>;

  /**
   * The next `limit` events after a position that match the query, oldest first. A reader that continues from the last
   * of them misses nothing: no event appears later at a lower position.
   */
  after(position: number, query: AuditQuery): Promise<readonly WrittenAuditEvent[]>;

  /** Removes at most `limit` events that occurred before `time`; returns how many. */
  removeBefore(time: Timestamp, limit: number): Promise<number>;
}
