import type { Timestamp } from "../../core/clock.ts";
import type { SessionRecord } from "../../core/session-record.ts";

/** Up to so many a list is as fast as a map. */
const FEW = 16;

/**
 * UserEntry is what the memory store has of one user. Nearly every user has a session or two: in a list, which is reached
 * with fewer steps through memory than a map and takes a quarter of its room. Who has many gets a map after all.
 */
export class UserEntry {
  fence: { readonly value: string; readonly validUntil: Timestamp } | null = null;
  /** Ids that a pending insert must not bring back, each with the time from which no such insert can exist. */
  tombstones: Map<string, Timestamp> | null = null;
  /** Made anew with each change, which gives it no more room than it needs. Empty while there is a map. */
  #few: readonly SessionRecord[] = [];
  #many: Map<string, SessionRecord> | null = null;

  /** How many sessions the user has. */
  get size(): number {
    return this.#many?.size ?? this.#few.length;
  }

  find(sessionId: string): SessionRecord | null {
    if (this.#many !== null) return this.#many.get(sessionId) ?? null;
    for (const record of this.#few) if (record.sessionId === sessionId) return record;
    return null;
  }

  /** All sessions, in a list of the caller's own. */
  all(): SessionRecord[] {
    return [...(this.#many?.values() ?? this.#few)];
  }

  /** Adds the session, or puts it in the place of the one with its id. */
  put(record: SessionRecord): void {
    if (this.#many === null && this.#few.length === FEW) {
      this.#many = new Map(this.#few.map((each) => [each.sessionId, each]));
      this.#few = [];
    }
    if (this.#many !== null) this.#many.set(record.sessionId, record);
    else this.#few = this.#without(record.sessionId).concat(record);
  }

  remove(sessionId: string): void {
    if (this.#many !== null) this.#many.delete(sessionId);
    else this.#few = this.#without(sessionId);
  }

  #without(sessionId: string): readonly SessionRecord[] {
    return this.#few.length === 0 ? this.#few : this.#few.filter((record) => record.sessionId !== sessionId);
  }
}
