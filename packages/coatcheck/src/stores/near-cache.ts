/** Copies of sessions in this process, around a store that is a network away. @module */

import { setTimeout as pause } from "node:timers/promises";
import { AgingCopies, type Moment, thisMoment } from "../core/aging-copies.ts";
import { refuseUnknownOptions, requireSwitch, requireWholeNumber } from "../core/known-options.ts";
import { requireStore } from "../core/required-store.ts";
import type {
  EndReason,
  RemovedSession,
  SessionChange,
  SessionRecord,
  SessionReference,
} from "../core/session-record.ts";
import type {
  ChannelListener,
  ChannelState,
  FenceReading,
  InsertOutcome,
  RemovalListener,
  SessionLimit,
  SessionStore,
} from "../core/session-store.ts";
import { FillLeases } from "./near-cache/fill-leases.ts";

/** The store to copy from, and how old a copy may be. */
export interface NearCacheOptions {
  /**
   * The store to copy from, which answers everything that a copy must not answer. It should be a store over a network:
   * otherwise there is nothing to gain.
   */
  readonly store: SessionStore;
  /** How long another node may still accept a session after it was removed; 1,000 by default. */
  readonly maxStalenessMilliseconds?: number;
  /** The number of records held; 10,000 by default. Each takes one or two kilobytes. */
  readonly maximumEntries?: number;
  /**
   * Whether a call that ends sessions returns only when no node can serve a copy of them any more: that long after the
   * store's answer. A logout is then as strict as without a cache, and takes that long. False by default.
   */
  readonly settle?: boolean;
  /** For tests only. By default the clocks of this process count. */
  readonly testMoment?: () => Moment;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof NearCacheOptions>([
  "store",
  "maxStalenessMilliseconds",
  "maximumEntries",
  "settle",
  "testMoment",
]);

const LONGEST_STALENESS_MILLISECONDS = 60_000;

/**
 * NearCacheSessionStore holds copies of records in this process, so that most requests need no round trip. The price is
 * a bounded delay: this process may accept a session that another node removed until it hears of the removal, normally
 * some milliseconds later, and never for longer than `maxStalenessMilliseconds`, even if the channel fails. Each node
 * measures the age of its copies by its own clocks, so the clocks of two nodes may differ. A removal or change by this
 * process drops its own copy at once.
 *
 * A copy can only accept a session, and cannot say that a login is fresh: see `SessionStore.findCopy`. `find` always
 * asks the store, and so does everything that needs a fresh login. There is no cache unless you wrap a store in this
 * one.
 */
export class NearCacheSessionStore implements SessionStore {
  readonly #store: SessionStore;
  readonly #settleMilliseconds: number;
  readonly #now: () => Moment;
  /** By session id, which is unique among all users. */
  readonly #copies: AgingCopies<SessionRecord>;
  readonly #leases = new FillLeases();
  readonly #unsubscribe: () => void;
  #isOpen = false;

  /** @throws CoatcheckError `invalid_configuration`, and the errors of the store's `subscribe` */
  constructor(options: NearCacheOptions) {
    refuseUnknownOptions("A NearCacheSessionStore", options, OPTIONS);
    requireStore("A NearCacheSessionStore", options.store);
    requireSwitch("settle", options.settle);
    const { store, maxStalenessMilliseconds = 1_000, maximumEntries = 10_000, settle = false } = options;
    requireWholeNumber("maxStalenessMilliseconds", maxStalenessMilliseconds, LONGEST_STALENESS_MILLISECONDS);
    requireWholeNumber("maximumEntries", maximumEntries, Number.MAX_SAFE_INTEGER);
    this.#store = store;
    this.#settleMilliseconds = settle ? maxStalenessMilliseconds : 0;
    this.#now = options.testMoment ?? thisMoment;
    this.#copies = new AgingCopies(maximumEntries, maxStalenessMilliseconds);
    this.#unsubscribe = store.subscribe(
      (removed) => this.#forget(removed),
      (state) => this.#noteChannel(state),
    );
  }

  findCopy({ userKey, sessionId }: SessionReference): SessionRecord | null {
    const record = this.#isOpen ? this.#copies.get(sessionId, this.#now()) : null;
    return record?.userKey === userKey ? record : null;
  }

  async find(reference: SessionReference): Promise<SessionRecord | null> {
    const { userKey, sessionId } = reference;
    const lease = this.#leases.take(sessionId, userKey);
    const readAt = this.#now();
    try {
      const record = await this.#store.find(reference);
      // Absence is never kept: the store decides it each time. A pending read may have begun while the session still
      // existed.
      if (record === null) this.#forget(reference);
      else if (this.#isOpen && !lease.isOvertaken) this.#copies.keep(sessionId, record, readAt);
      return record;
    } finally {
      this.#leases.release(sessionId, lease);
    }
  }

  readFence(userKey: string): Promise<FenceReading> {
    return this.#store.readFence(userKey);
  }

  async insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options?: { readonly replaces?: string },
  ): Promise<InsertOutcome> {
    let result: InsertOutcome;
    try {
      result = await this.#store.insert(record, reading, limit, options);
    } catch (error) {
      // A rejected insert may still have made room, and no answer says which sessions it ended.
      this.#forgetUser(record.userKey);
      throw error;
    }
    const removed = result.outcome === "inserted" ? result.removed : [];
    for (const session of removed) this.#forget(session);
    // An expired session is refused everywhere, with or without a copy: no caller needs to wait for it.
    if (removed.some(({ reason }) => reason !== "expired")) await this.#settle();
    return result;
  }

  async update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    // The copy may be outdated from now on, and so may a record that is read meanwhile: it is forgotten twice.
    this.#forget(reference);
    try {
      return await this.#store.update(reference, change, expectedVersion);
    } finally {
      this.#forget(reference);
    }
  }

  async delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    let removed: RemovedSession | null;
    try {
      removed = await this.#store.delete(reference, reason);
    } finally {
      this.#forget(reference);
    }
    // Also if the session was absent: another node may have removed it just now.
    await this.#settle();
    return removed;
  }

  async deleteByUser(
    userKey: string,
    reason: EndReason,
    options?: { readonly except?: string; readonly isProbe?: boolean },
  ): Promise<readonly RemovedSession[]> {
    let removed: readonly RemovedSession[];
    try {
      removed = await this.#store.deleteByUser(userKey, reason, options);
    } finally {
      // Drops all copies of the user, whether the answer names them or not. The spared session is soon read again.
      this.#forgetUser(userKey);
    }
    await this.#settle();
    return removed;
  }

  listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    return this.#store.listByUser(userKey);
  }

  async deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    const removed = await this.#store.deleteExpired(limit);
    for (const session of removed) this.#forget(session);
    return removed;
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#store.subscribe(listener, onChannel);
  }

  /** Stops holding copies. The store stays open: it belongs to the caller. */
  close(): void {
    this.#unsubscribe();
    this.#noteChannel("interrupted");
  }

  #forget({ sessionId }: SessionReference): void {
    this.#leases.overtake(sessionId);
    this.#copies.drop(sessionId);
  }

  #forgetUser(userKey: string): void {
    this.#leases.overtakeUser(userKey);
    this.#copies.dropWhere((record) => record.userKey === userKey);
  }

  /** After a gap, copies and pending reads are worthless: removals during the gap are never announced. */
  #noteChannel(state: ChannelState): void {
    this.#leases.overtakeAll();
    this.#copies.clear();
    this.#isOpen = state === "open";
  }

  /** Every copy of the removed session was read before this, so it is too old once the bound has passed. */
  async #settle(): Promise<void> {
    if (this.#settleMilliseconds > 0) await pause(this.#settleMilliseconds + 1);
  }
}
