/** Sessions in a SQLite file, over better-sqlite3, for any number of processes on one machine. @module */

import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Awaitable } from "../core/awaitable.ts";
import { type Clock, systemClock, type Timestamp } from "../core/clock.ts";
import { decideInsert, type HeldSession } from "../core/insert-decision.ts";
import { refuseUnknownOptions, requireClock, requireWholeNumber } from "../core/known-options.ts";
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
import { withReason } from "../core/startup-fault.ts";
import { CoatcheckError } from "../errors.ts";
import { SqliteConnection } from "./sqlite/connection.ts";
import { requireSqliteDatabase, type SqliteDatabase } from "./sqlite/database.ts";
import { applySqliteMigrations } from "./sqlite/migrate.ts";
import { RemovalLog } from "./sqlite/removal-log.ts";
import {
  type HeldRow,
  heldSessionOfSqliteRow,
  recordOfSqliteRow,
  type SessionRow,
  sqliteRowOf,
} from "./sqlite/session-rows.ts";
import { type SessionStatements, sessionStatements } from "./sqlite/session-statements.ts";

export type { SqliteDatabase, SqliteStatement } from "./sqlite/database.ts";

/** The open database, and how long the store waits for it. */
export interface SqliteSessionStoreOptions {
  /**
   * A better-sqlite3 `Database` that nothing else uses: transactions of the application on the same connection would
   * interfere with the store's. Other processes, and tables of the application, may share the file.
   */
  readonly database: SqliteDatabase;
  /** Tells the time by which sessions expire; by default the machine's clock, which all its processes share. */
  readonly clock?: Clock;
  /** How long a call may wait for a locked file before it fails with `store_unavailable`; 2,000 by default. */
  readonly deadlineMilliseconds?: number;
  /** How often a subscribed process looks for removals of other processes; 100 by default. */
  readonly pollIntervalMilliseconds?: number;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof SqliteSessionStoreOptions>([
  "database",
  "clock",
  "deadlineMilliseconds",
  "pollIntervalMilliseconds",
]);

const DEFAULT_DEADLINE_MILLISECONDS = 2_000;
const DEFAULT_POLL_MILLISECONDS = 100;
const LONGEST_WAIT_MILLISECONDS = 60_000;
const FENCE_LIFETIME = FENCE_LIFETIME_SECONDS * 1_000;
/** The number of expired sessions that one transaction removes: so few that logins hardly wait for it. */
const EXPIRY_BATCH = 100;

/**
 * SqliteSessionStore keeps sessions in a SQLite file, for one machine and any number of processes on it. Logins,
 * removals and rotations are flushed to the disk before they are acknowledged, so a power cut loses none of them. A
 * mere touch is not flushed: losing one ends a session early and never late.
 */
export class SqliteSessionStore implements SessionStore {
  readonly #clock: Clock;
  readonly #connection: SqliteConnection;
  readonly #statements: SessionStatements;
  readonly #removals: RemovalLog;

  /**
   * Prepares the file: write-ahead log, tables of this version. Several processes may do so at once.
   *
   * @throws CoatcheckError `store_schema_unsupported`, `store_unavailable`
   */
  static async open(options: SqliteSessionStoreOptions): Promise<SqliteSessionStore> {
    refuseUnknownOptions("A SqliteSessionStore", options, OPTIONS);
    requireSqliteDatabase(options.database);
    requireClock(options.clock);
    const {
      database,
      deadlineMilliseconds = DEFAULT_DEADLINE_MILLISECONDS,
      pollIntervalMilliseconds = DEFAULT_POLL_MILLISECONDS,
    } = options;
    requireWholeNumber("deadlineMilliseconds", deadlineMilliseconds, LONGEST_WAIT_MILLISECONDS);
    requireWholeNumber("pollIntervalMilliseconds", pollIntervalMilliseconds, LONGEST_WAIT_MILLISECONDS);
    const connection = new SqliteConnection(database, deadlineMilliseconds);
    await withReason(connection.read(() => useWriteAheadLog(database)));
    await withReason(connection.write("durable", () => applySqliteMigrations(database)));
    return connection.read(() => new SqliteSessionStore(connection, options));
  }

  private constructor(connection: SqliteConnection, options: SqliteSessionStoreOptions) {
    const { database, clock = systemClock, pollIntervalMilliseconds = DEFAULT_POLL_MILLISECONDS } = options;
    this.#clock = clock;
    this.#connection = connection;
    this.#statements = sessionStatements(database);
    this.#removals = new RemovalLog(database, pollIntervalMilliseconds);
  }

  readFence(userKey: string): Promise<FenceReading> {
    return this.#connection.read(() => {
      const readAt = this.#clock.now();
      return { fence: this.#fenceInForce(userKey, readAt), readAt };
    });
  }

  async insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options: { readonly replaces?: string } = {},
  ): Promise<InsertOutcome> {
    const result = await this.#connection.write("durable", () =>
      this.#insert(record, reading, limit, options.replaces),
    );
    if (result.outcome === "inserted") this.#removals.publish();
    return result;
  }

  find(reference: SessionReference): Awaitable<SessionRecord | null> {
    return this.#connection.readAtOnce(() => this.#find(reference));
  }

  update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    return this.#connection.write(isTouch(change) ? "relaxed" : "durable", () => {
      const record = this.#find(reference);
      if (record === null || record.version !== expectedVersion) return false;
      if (this.#clock.now() >= expiresAt(record)) return false;
      const [userKey, sessionId, ...changed] = sqliteRowOf(applyChange(record, change));
      this.#statements.replace.run(...changed, userKey, sessionId);
      return true;
    });
  }

  async delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    const removed = await this.#connection.write("durable", () => {
      const record = this.#find(reference);
      return record === null ? [] : this.#remove([record], reason, this.#clock.now());
    });
    this.#removals.publish();
    return removed[0] ?? null;
  }

  async deleteByUser(
    userKey: string,
    reason: EndReason,
    options: { readonly except?: string } = {},
  ): Promise<readonly RemovedSession[]> {
    const removed = await this.#connection.write("durable", () => {
      const now = this.#clock.now();
      this.#statements.raiseFence.run(userKey, randomBytes(12).toString("base64url"), now + FENCE_LIFETIME);
      const ended = this.#held(userKey).filter(({ sessionId }) => sessionId !== options.except);
      return this.#remove(ended, reason, now);
    });
    this.#removals.publish();
    return removed;
  }

  listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    return this.#connection.read(() => this.#list(userKey));
  }

  async deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    const removed: RemovedSession[] = [];
    for (let isDone = false; !isDone; ) {
      const size = Math.min(EXPIRY_BATCH, limit - removed.length);
      const batch = await this.#connection.write("durable", () => this.#removeExpired(size));
      this.#removals.publish();
      removed.push(...batch);
      isDone = batch.length < size || removed.length >= limit;
      // Lets requests run between two batches. Awaiting a write that did not have to wait would not do so.
      if (!isDone) await nextTurn();
    }
    return removed;
  }

  /**
   * See `SessionStore.subscribe`. The first subscription begins to look for removals of other processes.
   *
   * @throws CoatcheckError `store_unavailable`
   */
  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    try {
      return this.#removals.subscribe(listener, onChannel);
    } catch (cause) {
      throw new CoatcheckError("store_unavailable", "The SQLite session store did not answer.", { cause });
    }
  }

  /** Ends all subscriptions. The database stays open: it belongs to the caller. */
  close(): void {
    this.#removals.close();
  }

  #insert(record: SessionRecord, reading: FenceReading, limit: SessionLimit, replaces?: string): InsertOutcome {
    const now = this.#clock.now();
    const decision = decideInsert({
      record,
      reading,
      limit,
      replaces,
      now,
      fence: this.#fenceInForce(record.userKey, now),
      isBuried: this.#isBuried(record, now),
      sessions: this.#held(record.userKey),
    });
    if (decision.outcome !== "insert") return decision;

    const removed = [
      ...this.#remove(decision.expired, "expired", now),
      ...this.#remove(decision.replaced, "replaced", now),
      ...this.#remove(decision.evicted, "evicted", now),
    ];
    this.#statements.insert.run(...sqliteRowOf({ ...record, version: 1 }));
    return { outcome: "inserted", removed };
  }

  #find({ userKey, sessionId }: SessionReference): SessionRecord | null {
    const row = this.#statements.find.get(userKey, sessionId) as SessionRow | undefined;
    return row === undefined ? null : recordOfSqliteRow(row);
  }

  #list(userKey: string): readonly SessionRecord[] {
    return (this.#statements.listByUser.all(userKey) as SessionRow[]).map(recordOfSqliteRow);
  }

  #held(userKey: string): readonly HeldSession[] {
    return (this.#statements.listHeld.all(userKey) as HeldRow[]).map(heldSessionOfSqliteRow);
  }

  #fenceInForce(userKey: string, now: Timestamp): string | null {
    return (this.#statements.findFence.get(userKey, now) as string | undefined) ?? null;
  }

  #isBuried({ userKey, sessionId }: SessionReference, now: Timestamp): boolean {
    return this.#statements.findTombstone.get(userKey, sessionId, now) !== undefined;
  }

  #remove(sessions: readonly HeldSession[], reason: EndReason, now: Timestamp): readonly RemovedSession[] {
    const removed = sessions.map(({ userKey, sessionId, userId, createdAt }) => {
      this.#statements.delete.run(userKey, sessionId);
      if (now - createdAt < FENCE_LIFETIME) this.#statements.bury.run(userKey, sessionId, now + FENCE_LIFETIME);
      return { userKey, sessionId, userId, reason };
    });
    this.#removals.append(removed, now);
    return removed;
  }

  #removeExpired(limit: number): readonly RemovedSession[] {
    const now = this.#clock.now();
    this.#statements.removeOldFences.run(now);
    this.#statements.removeOldTombstones.run(now);
    const rows = this.#statements.listExpired.all(now - EXPIRY_MARGIN_SECONDS * 1_000, limit) as HeldRow[];
    return this.#remove(rows.map(heldSessionOfSqliteRow), "expired", now);
  }
}

function isTouch(change: SessionChange): boolean {
  return Object.keys(change).every((key) => key === "lastSeenAt" || key === "idleDeadline");
}

/** With this log, readers and a writer do not wait for each other. */
function useWriteAheadLog(database: SqliteDatabase): void {
  const mode = database.pragma("journal_mode = WAL", { simple: true });
  // Only SQLite's answer shows a file system that cannot share memory. A database in memory needs no log.
  if (mode === "wal" || mode === "memory") return;
  throw new CoatcheckError("store_unavailable", `SQLite cannot keep a write-ahead log here: it is in ${mode} mode.`);
}
