/** Sessions in this process. @module */

import { randomBytes } from "node:crypto";
import type { Awaitable } from "../core/awaitable.ts";
import { type Clock, systemClock, type Timestamp } from "../core/clock.ts";
import { decideInsert } from "../core/insert-decision.ts";
import { refuseUnknownOptions, requireClock } from "../core/known-options.ts";
import { RemovalListeners } from "../core/removal-listeners.ts";
import {
  applyChange,
  type EndReason,
  expiresAt,
  type RemovedSession,
  type SessionChange,
  type SessionRecord,
  type SessionReference,
} from "../core/session-record.ts";
import {
  type ChannelListener,
  EXPIRY_MARGIN_SECONDS,
  FENCE_LIFETIME_SECONDS,
  type FenceReading,
  type InsertOutcome,
  type RemovalListener,
  type SessionLimit,
  type SessionStore,
} from "../core/session-store.ts";
import { joinNeighbours, type StoreContent, warnIfElsewhere } from "./memory/duplicate-store.ts";
import { ExpiryCalendar } from "./memory/expiry-calendar.ts";
import { UserEntry } from "./memory/user-entry.ts";

const OPTIONS: ReadonlySet<string> = new Set(["clock"]);

const FENCE_LIFETIME = FENCE_LIFETIME_SECONDS * 1_000;
const EXPIRY_MARGIN = EXPIRY_MARGIN_SECONDS * 1_000;

/**
 * MemorySessionStore keeps sessions in this process: for development, tests, and single-process applications that may
 * sign all users out when they restart. Each method runs to its end without yielding, which makes it atomic.
 */
export class MemorySessionStore implements SessionStore {
  readonly #clock: Clock;
  readonly #users = new Map<string, UserEntry>();
  readonly #calendar = new ExpiryCalendar();
  readonly #listeners = new RemovalListeners("open");
  readonly #content: StoreContent = { holds: (reference) => this.#find(reference) !== null };

  constructor(options: { readonly clock?: Clock } = {}) {
    refuseUnknownOptions("A MemorySessionStore", options, OPTIONS);
    requireClock(options.clock);
    this.#clock = options.clock ?? systemClock;
    joinNeighbours(this.#content);
  }

  async readFence(userKey: string): Promise<FenceReading> {
    const readAt = this.#clock.now();
    return { fence: fenceInForce(this.#users.get(userKey), readAt), readAt };
  }

  async insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    { replaces }: { readonly replaces?: string } = {},
  ): Promise<InsertOutcome> {
    const now = this.#clock.now();
    const user = this.#users.get(record.userKey) ?? new UserEntry();
    const decision = decideInsert({
      record,
      reading,
      limit,
      replaces,
      now,
      fence: fenceInForce(user, now),
      isBuried: now < (user.tombstones?.get(record.sessionId) ?? 0),
      sessions: user.all(),
    });
    if (decision.outcome !== "insert") return decision;

    this.#users.set(record.userKey, user);
    const removed = [
      ...decision.expired.map((session) => this.#remove(user, session, "expired", now)),
      ...decision.replaced.map((session) => this.#remove(user, session, "replaced", now)),
      ...decision.evicted.map((session) => this.#remove(user, session, "evicted", now)),
    ];
    user.put({ ...record, version: 1 });
    this.#calendar.file(record.userKey, expiresAt(record) + EXPIRY_MARGIN);
    this.#listeners.tell(removed);
    return { outcome: "inserted", removed };
  }

  find(reference: SessionReference): Awaitable<SessionRecord | null> {
    const record = this.#find(reference);
    if (record === null) warnIfElsewhere(reference, this.#content);
    return record;
  }

  async update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    const user = this.#users.get(reference.userKey);
    const record = user?.find(reference.sessionId) ?? null;
    if (user === undefined || record === null) return false;
    if (record.version !== expectedVersion || this.#clock.now() >= expiresAt(record)) return false;
    user.put(applyChange(record, change));
    return true;
  }

  async delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    const user = this.#users.get(reference.userKey);
    const record = user?.find(reference.sessionId) ?? null;
    if (user === undefined || record === null) return null;
    const removed = this.#remove(user, record, reason, this.#clock.now());
    this.#listeners.tell([removed]);
    return removed;
  }

  async deleteByUser(
    userKey: string,
    reason: EndReason,
    options: { readonly except?: string } = {},
  ): Promise<readonly RemovedSession[]> {
    const now = this.#clock.now();
    const user = this.#users.get(userKey) ?? new UserEntry();
    this.#users.set(userKey, user);
    user.fence = { value: randomBytes(12).toString("base64url"), validUntil: now + FENCE_LIFETIME };
    this.#calendar.file(userKey, user.fence.validUntil);

    const removed = user
      .all()
      .filter((record) => record.sessionId !== options.except)
      .map((record) => this.#remove(user, record, reason, now));
    this.#listeners.tell(removed);
    return removed;
  }

  async listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    return this.#users.get(userKey)?.all() ?? [];
  }

  async deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    const now = this.#clock.now();
    const removed: RemovedSession[] = [];
    for (const userKey of this.#calendar.due(now)) {
      const user = this.#users.get(userKey);
      for (const record of user?.all() ?? []) {
        if (removed.length >= limit) break;
        if (user && now >= expiresAt(record) + EXPIRY_MARGIN) removed.push(this.#remove(user, record, "expired", now));
      }
      if (removed.length >= limit) break;
      this.#tidy(userKey, now);
    }
    this.#listeners.tell(removed);
    return removed;
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#listeners.add(listener, onChannel);
  }

  #find(reference: SessionReference): SessionRecord | null {
    return this.#users.get(reference.userKey)?.find(reference.sessionId) ?? null;
  }

  #remove(user: UserEntry, record: SessionRecord, reason: EndReason, now: Timestamp): RemovedSession {
    const { userKey, sessionId, userId } = record;
    user.remove(sessionId);
    if (now - record.createdAt < FENCE_LIFETIME) {
      user.tombstones ??= new Map();
      user.tombstones.set(sessionId, now + FENCE_LIFETIME);
      this.#calendar.file(userKey, now + FENCE_LIFETIME);
    }
    return { userKey, sessionId, userId, reason };
  }

  /** Drops fences and tombstones that no longer guard anything, and files the user again if some are left. */
  #tidy(userKey: string, now: Timestamp): void {
    const user = this.#users.get(userKey);
    this.#calendar.unfile(userKey);
    if (user === undefined) return;
    if (user.fence !== null && now >= user.fence.validUntil) user.fence = null;
    for (const [sessionId, buriedUntil] of user.tombstones ?? []) {
      if (now >= buriedUntil) user.tombstones?.delete(sessionId);
    }
    if (user.tombstones?.size === 0) user.tombstones = null;
    const ends = [
      ...user.all().map((record) => expiresAt(record) + EXPIRY_MARGIN),
      ...(user.fence === null ? [] : [user.fence.validUntil]),
      ...(user.tombstones?.values() ?? []),
    ];
    if (ends.length === 0) this.#users.delete(userKey);
    else
      this.#calendar.file(
        userKey,
        ends.reduce((first, second) => Math.min(first, second)),
      );
  }
}

function fenceInForce(user: UserEntry | undefined, now: Timestamp): string | null {
  const fence = user?.fence ?? null;
  return fence !== null && now < fence.validUntil ? fence.value : null;
}
