import type { SessionRecord, SessionReference } from "../../core/session-record.ts";

/** A moment by both clocks of a process, for neither tells the time alone. */
export interface Moment {
  /** Milliseconds that never step back, and stand still while the machine is suspended. */
  readonly monotonic: number;
  /** Milliseconds since the Unix epoch, which go on meanwhile and may be set to anything. */
  readonly wall: number;
}

interface Copy {
  readonly record: SessionRecord;
  readonly readAt: Moment;
}

/** RecordCopies holds so many records, and gives one out only while it is young enough. The least recently used goes. */
export class RecordCopies {
  readonly #maximumEntries: number;
  readonly #maximumAgeMilliseconds: number;
  /** By session id, which is unique by itself; least recently used first. */
  readonly #copies = new Map<string, Copy>();

  constructor(maximumEntries: number, maximumAgeMilliseconds: number) {
    this.#maximumEntries = maximumEntries;
    this.#maximumAgeMilliseconds = maximumAgeMilliseconds;
  }

  get({ userKey, sessionId }: SessionReference, now: Moment): SessionRecord | null {
    const copy = this.#copies.get(sessionId);
    if (copy === undefined || copy.record.userKey !== userKey) return null;
    this.#copies.delete(sessionId);
    if (this.#isTooOld(copy, now)) return null;
    this.#copies.set(sessionId, copy);
    return copy.record;
  }

  /** `readAt` is from before the read was sent. A read that was sent earlier than that of the copy at hand is no news. */
  keep(record: SessionRecord, readAt: Moment): void {
    const { sessionId } = record;
    const held = this.#copies.get(sessionId);
    if (held !== undefined && held.readAt.monotonic > readAt.monotonic) return;
    this.#copies.delete(sessionId);
    this.#copies.set(sessionId, { record, readAt });
    this.#letGo(readAt);
  }

  get size(): number {
    return this.#copies.size;
  }

  drop(sessionId: string): void {
    this.#copies.delete(sessionId);
  }

  dropUser(userKey: string): void {
    for (const [sessionId, { record }] of this.#copies) if (record.userKey === userKey) this.#copies.delete(sessionId);
  }

  clear(): void {
    this.#copies.clear();
  }

  /**
   * The least recently used go first, until there is room and the next one is young. A copy is used only while it is
   * young, so none stays behind that was not used within the bound.
   */
  #letGo(now: Moment): void {
    for (const [sessionId, { readAt }] of this.#copies) {
      const isYoung = now.monotonic - readAt.monotonic <= this.#maximumAgeMilliseconds;
      if (isYoung && this.size <= this.#maximumEntries) return;
      this.#copies.delete(sessionId);
    }
  }

  /** By the clock that says older. A wall clock that was set back says nothing, so the copy counts as too old. */
  #isTooOld({ readAt }: Copy, now: Moment): boolean {
    const wallAge = now.wall - readAt.wall;
    if (now.monotonic - readAt.monotonic > this.#maximumAgeMilliseconds) return true;
    return wallAge < 0 || wallAge > this.#maximumAgeMilliseconds;
  }
}
