import { deepEqual, equal, ok } from "node:assert/strict";
import type { Clock, Timestamp } from "../../core/clock.ts";
import type {
  EndReason,
  RemovedSession,
  SessionChange,
  SessionRecord,
  SessionReference,
} from "../../core/session-record.ts";
import {
  EXPIRY_MARGIN_SECONDS,
  FENCE_LIFETIME_SECONDS,
  type InsertOutcome,
  MAXIMUM_LOGIN_SECONDS,
  type SessionLimit,
} from "../../core/session-store.ts";

/** A fence in the model is the number of its raising; in a store it is a random text. */
export interface ModelReading {
  readonly fence: number | null;
  readonly readAt: Timestamp;
}

interface StoredSession {
  readonly record: SessionRecord;
  readonly storedAt: Timestamp;
}

interface Tombstone extends SessionReference {
  readonly buriedAt: Timestamp;
  /** False where the contract leaves open whether there is one: the session was removed long after it began. */
  readonly owed: boolean;
}

const LIFETIME = FENCE_LIFETIME_SECONDS * 1_000;

/**
 * ModelStore is the contract of `SessionStore` in the plainest words: lists that are searched from end to end, and
 * nothing forgotten or tidied away. It shares no code with any store.
 */
export class ModelStore {
  readonly removals: RemovedSession[] = [];
  readonly #clock: Clock;
  #sessions: readonly StoredSession[] = [];
  readonly #fences: { readonly userKey: string; readonly raisedAt: Timestamp }[] = [];
  readonly #tombstones: Tombstone[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readFence(userKey: string): ModelReading {
    const readAt = this.#clock.now();
    const last = this.#fences.findLastIndex((fence) => fence.userKey === userKey);
    const raisedAt = this.#fences[last]?.raisedAt;
    return { fence: raisedAt !== undefined && readAt < raisedAt + LIFETIME ? last : null, readAt };
  }

  insert(record: SessionRecord, reading: ModelReading, limit: SessionLimit, replaces?: string): InsertOutcome {
    const now = this.#clock.now();
    const { fence } = this.readFence(record.userKey);
    if (fence !== null && fence !== reading.fence) return { outcome: "login_overtaken" };
    if (now > reading.readAt + MAXIMUM_LOGIN_SECONDS * 1_000) return { outcome: "login_expired" };
    if (this.find(record) !== null || this.#isBuried(record, true)) return { outcome: "id_unavailable" };

    const sessions = this.listByUser(record.userKey);
    const expired = sessions.filter((session) => endOf(session) <= now);
    const [replaced, live] = [[] as SessionRecord[], [] as SessionRecord[]];
    for (const session of sessions) {
      if (endOf(session) > now) (session.sessionId === replaces ? replaced : live).push(session);
    }
    if (limit.whenFull === "refuse" && live.length >= limit.maximum) return { outcome: "session_limit_reached" };
    const removed = expired.map((session) => this.#remove(session, "expired"));
    for (const session of replaced) removed.push(this.#remove(session, "replaced"));
    const leastRecentlySeenFirst = live.sort(
      (first, second) =>
        first.lastSeenAt - second.lastSeenAt ||
        first.createdAt - second.createdAt ||
        (first.sessionId < second.sessionId ? -1 : 1),
    );
    while (leastRecentlySeenFirst.length >= limit.maximum) {
      const evicted = leastRecentlySeenFirst.shift();
      if (evicted !== undefined) removed.push(this.#remove(evicted, "evicted"));
    }
    this.#sessions = [...this.#sessions, { record: { ...record, version: 1 }, storedAt: now }];
    return { outcome: "inserted", removed };
  }

  find(reference: SessionReference): SessionRecord | null {
    return this.#sessions.find(({ record }) => isSame(record, reference))?.record ?? null;
  }

  update(reference: SessionReference, change: SessionChange, expectedVersion: number): boolean {
    const record = this.find(reference);
    if (record === null || record.version !== expectedVersion || endOf(record) <= this.#clock.now()) return false;
    const { idleDeadline = 0, absoluteDeadline = 0 } = change;
    const changed = { ...record, ...change, version: expectedVersion + 1 };
    if (idleDeadline < record.idleDeadline) changed.idleDeadline = record.idleDeadline;
    if (absoluteDeadline < record.absoluteDeadline) changed.absoluteDeadline = record.absoluteDeadline;
    this.#sessions = this.#sessions.map((stored) =>
      stored.record === record ? { ...stored, record: changed } : stored,
    );
    return true;
  }

  delete(reference: SessionReference, reason: EndReason): RemovedSession | null {
    const record = this.find(reference);
    return record === null ? null : this.#remove(record, reason);
  }

  deleteByUser(userKey: string, reason: EndReason, except: string | null): readonly RemovedSession[] {
    this.#fences.push({ userKey, raisedAt: this.#clock.now() });
    return this.listByUser(userKey)
      .filter(({ sessionId }) => sessionId !== except)
      .map((record) => this.#remove(record, reason));
  }

  listByUser(userKey: string): SessionRecord[] {
    return this.#sessions.map(({ record }) => record).filter((record) => record.userKey === userKey);
  }

  /** Takes over a store's sweep, since it may choose which of the due sessions go first, if it was a right one. */
  acceptSweep(limit: number, removed: readonly RemovedSession[]): void {
    const now = this.#clock.now();
    const records = this.#sessions.map(({ record }) => record);
    const due = records.filter((record) => endOf(record) + EXPIRY_MARGIN_SECONDS * 1_000 <= now);
    equal(removed.length, Math.min(limit, due.length));
    for (const removal of removed) {
      const record = due.find((candidate) => isSame(candidate, removal));
      ok(record !== undefined && this.find(removal) !== null, "the sweep removed a session that was not due");
      deepEqual(removal, this.#remove(record, "expired"));
    }
  }

  /** Whether the contract leaves open if an insert of this id is refused. */
  isUncertain(reference: SessionReference): boolean {
    return this.#isBuried(reference, false) && !this.#isBuried(reference, true);
  }

  /**
   * When the last fence or tombstone that is over was over. A store may have forgotten it: what it would do if the
   * clock stepped back to before then is left open.
   */
  lastEnd(): Timestamp {
    const starts = [
      ...this.#fences.map(({ raisedAt }) => raisedAt),
      ...this.#tombstones.map(({ buriedAt }) => buriedAt),
    ];
    return Math.max(0, ...starts.map((start) => start + LIFETIME).filter((end) => end <= this.#clock.now()));
  }

  #remove(record: SessionRecord, reason: EndReason): RemovedSession {
    const now = this.#clock.now();
    const { userKey, sessionId, userId } = record;
    const stored = this.#sessions.find((session) => session.record === record);
    const began = Math.min(record.createdAt, stored?.storedAt ?? 0);
    this.#tombstones.push({ userKey, sessionId, buriedAt: now, owed: now < began + LIFETIME });
    this.#sessions = this.#sessions.filter((session) => session !== stored);
    const removed = { userKey, sessionId, userId, reason };
    this.removals.push(removed);
    return removed;
  }

  #isBuried(reference: SessionReference, owed: boolean): boolean {
    const now = this.#clock.now();
    return this.#tombstones.some(
      (tombstone) => isSame(tombstone, reference) && tombstone.owed === owed && now < tombstone.buriedAt + LIFETIME,
    );
  }
}

function endOf({ idleDeadline, absoluteDeadline }: SessionRecord): Timestamp {
  return idleDeadline < absoluteDeadline ? idleDeadline : absoluteDeadline;
}

function isSame(first: SessionReference, second: SessionReference): boolean {
  return first.userKey === second.userKey && first.sessionId === second.sessionId;
}
