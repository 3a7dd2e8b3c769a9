import type { Timestamp } from "../../core/clock.ts";
import type { SessionRecord } from "../../core/session-record.ts";

/**
 * UserEntry holds the memory store's data of one user. The first session is held directly: a map for each of a million
 * users would take more room than the session in it, and more steps through memory to get there. Further sessions are
 * in a map.
 */
export class UserEntry {
  fence: { readonly value: string; readonly validUntil: Timestamp } | null = null;
  /** Ids that a pending insert must not bring back, each with the time from which no such insert can exist. */
  tombstones: Map<string, Timestamp> | null = null;
  #first: SessionRecord | null = null;
  #others: Map<string, SessionRecord> | null = null;

  /** The number of the user's sessions. */
  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  find(sessionId: string): SessionRecord | null {
    if (this.#first?.sessionId === sessionId) return this.#first;
    return this.#others?.get(sessionId) ?? null;
  }

  /** All sessions, in a list of the caller's own. */
  all(): SessionRecord[] {
    return [...(this.#first === null ? [] : [this.#first]), ...(this.#others?.values() ?? [])];
  }

  /** Adds the session, or replaces the one with its id. */
  put(record: SessionRecord): void {
    const { sessionId } = record;
    const isInMap = this.#others?.has(sessionId) ?? false;
    if (!isInMap && (this.#first === null || this.#first.sessionId === sessionId)) this.#first = record;
    else {
      this.#others ??= new Map();
      this.#others.set(sessionId, record);
    }
  }

  remove(sessionId: string): void {
    if (this.#first?.sessionId === sessionId) this.#first = null;
    else this.#others?.delete(sessionId);
    if (this.#others?.size === 0) this.#others = null;
  }
}
