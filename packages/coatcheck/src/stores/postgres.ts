/** Sessions in Postgres 13 or later, over `pg`, for any number of machines. @module */

import { randomBytes } from "node:crypto";
import type { CallLimits } from "../core/bounded-calls.ts";
import type { Clock } from "../core/clock.ts";
import { decideInsert, type HeldSession } from "../core/insert-decision.ts";
import { refuseUnknownOptions } from "../core/known-options.ts";
import { RemovalChannel } from "../core/removal-channel.ts";
import type {
  EndReason,
  RemovedSession,
  SessionChange,
  SessionRecord,
  SessionReference,
} from "../core/session-record.ts";
import type {
  ChannelListener,
  FenceReading,
  InsertOutcome,
  RemovalListener,
  SessionLimit,
  SessionStore,
} from "../core/session-store.ts";
import { withReason } from "../core/startup-fault.ts";
import { CoatcheckError } from "../errors.ts";
import { Connections, type RunStatement } from "./postgres/connections.ts";
import { applyPostgresMigrations, requireCurrentSchema } from "./postgres/migrate.ts";
import {
  type PostgresListener,
  type PostgresPool,
  requireConnectListener,
  requirePool,
} from "./postgres/postgres-client.ts";
import { postgresRemovalSource } from "./postgres/removal-source.ts";
import { SchemaNames } from "./postgres/schema-names.ts";
import * as rows from "./postgres/session-rows.ts";
import * as sql from "./postgres/session-statements.ts";

export type { PostgresListener, PostgresPool } from "./postgres/postgres-client.ts";

/** The connections to Postgres, and how long the store waits. */
export interface PostgresSessionStoreOptions {
  /**
   * A `pg` Pool, which the application may share. PgBouncer may stand in front of it, in transaction mode too. The
   * store listens to its errors until it is closed.
   */
  readonly pool: PostgresPool;
  /**
   * Connects a `pg` Client that only listens: `async () => { const client = new Client(url); await client.connect();
   * return client; }`. Connect it to Postgres itself if the pool goes through PgBouncer: a listener needs its
   * connection for itself.
   */
  readonly connectListener: () => Promise<PostgresListener>;
  /**
   * The schema that has the tables: up to 40 lower-case letters, digits and underscores. By default the connection's
   * `search_path` finds them. Removals in another schema are not heard.
   */
  readonly schema?: string;
  /**
   * Whether Postgres parses and plans the statements of each request once per connection. By default it does if the
   * connection leads to Postgres itself. Behind PgBouncer, `true` needs version 1.21 or later with
   * `max_prepared_statements` above 0, or session mode: otherwise calls fail with `store_unavailable`. Give `false` if
   * others run `DISCARD ALL` or `DEALLOCATE` on the pool.
   */
  readonly preparedStatements?: boolean;
  /** How long a call may take before it fails with `store_unavailable`; 2,000 by default. */
  readonly deadlineMilliseconds?: number;
  /** How many calls may be pending before further ones fail at once; 10,000 by default. */
  readonly maximumInFlight?: number;
  /** For tests only. By default the database's clock counts, which is the same for every process. */
  readonly testClock?: Clock;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof PostgresSessionStoreOptions>([
  "pool",
  "connectListener",
  "schema",
  "preparedStatements",
  "deadlineMilliseconds",
  "maximumInFlight",
  "testClock",
]);
const MIGRATION_OPTIONS: ReadonlySet<string> = new Set(["partitions", "schema", "deadlineMilliseconds"]);

/** The number of expired sessions that one statement removes: so few that a request for one of them hardly waits. */
const EXPIRY_BATCH = 100;
const MOST_PARTITIONS = 1_024;

/**
 * Creates the tables of sessions, or migrates them to this version. Several processes may do so at once. A role without
 * the right to create anything may call it too, if there is nothing left to do. With `partitions`, new tables are
 * divided by user into that many partitions, for very many users or for Citus. With `schema`, the tables are in that
 * schema, which is created if it is missing.
 *
 * @throws CoatcheckError `invalid_configuration`, `store_schema_unsupported`, `store_permission_denied`,
 * `store_unavailable`
 */
export function migratePostgresSessions(
  pool: PostgresPool,
  options: { readonly partitions?: number; readonly schema?: string } & Pick<CallLimits, "deadlineMilliseconds"> = {},
): Promise<void> {
  refuseUnknownOptions("migratePostgresSessions", options, MIGRATION_OPTIONS);
  requirePool(pool);
  const { partitions = 1, deadlineMilliseconds = 60_000 } = options;
  const names = new SchemaNames(options.schema);
  if (!Number.isSafeInteger(partitions) || partitions < 1 || partitions > MOST_PARTITIONS) {
    throw new CoatcheckError(
      "invalid_configuration",
      `partitions must be a whole number from 1 to ${MOST_PARTITIONS}.`,
    );
  }
  const connections = new Connections(pool, names, { deadlineMilliseconds });
  const migrating = connections.transaction((run) => applyPostgresMigrations(run, names, partitions));
  return withReason(migrating.finally(() => connections.release()));
}

/**
 * PostgresSessionStore keeps sessions in Postgres 13 or later. Logins and revoke-alls of one user take turns, by a lock
 * on the user's fence row; everything else is one statement. Commits are as durable as `synchronous_commit` makes them.
 */
export class PostgresSessionStore implements SessionStore {
  readonly #connections: Connections;
  readonly #channel: RemovalChannel;
  readonly #testClock: Clock | null;

  /**
   * Requires tables of this version. `migratePostgresSessions` makes them, or a tool of your own that applies
   * `migrations/postgres`.
   *
   * @throws CoatcheckError `invalid_configuration`, `store_schema_unsupported`, `store_permission_denied`,
   * `store_unavailable`
   */
  static async open(options: PostgresSessionStoreOptions): Promise<PostgresSessionStore> {
    refuseUnknownOptions("A PostgresSessionStore", options, OPTIONS);
    requirePool(options.pool);
    requireConnectListener(options.connectListener);
    const names = new SchemaNames(options.schema);
    const connections = new Connections(options.pool, names, options);
    const looking = connections.transaction((run) => requireCurrentSchema(run, names));
    await withReason(looking).catch((error: unknown) => {
      connections.release();
      throw error;
    });
    return new PostgresSessionStore(connections, names, options);
  }

  private constructor(connections: Connections, names: SchemaNames, options: PostgresSessionStoreOptions) {
    const { connectListener, testClock } = options;
    this.#connections = connections;
    this.#channel = new RemovalChannel(
      postgresRemovalSource(connectListener, names.removalsChannel, connections.watch),
    );
    this.#testClock = testClock ?? null;
  }

  async readFence(userKey: string): Promise<FenceReading> {
    const read = await this.#connections.statement(sql.READ_FENCE, [userKey, this.#testTime]);
    const [readAt, fence] = read.rows[0] as [number, string | null];
    return { fence, readAt };
  }

  insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options: { readonly replaces?: string } = {},
  ): Promise<InsertOutcome> {
    const insertNow = async (run: RunStatement): Promise<InsertOutcome> => {
      const { userKey, sessionId } = record;
      await this.#takeTurn(run, userKey);
      const sessions = (await run(sql.LIST_HELD, [userKey])).rows.map(rows.heldRecordOfPostgresRow);
      const checks = await run(sql.READ_CHECKS, [userKey, sessionId, this.#testTime]);
      const [now, fence, isBuried] = checks.rows[0] as [number, string | null, boolean];
      const { replaces } = options;
      const decision = decideInsert({ record, reading, limit, replaces, now, fence, isBuried, sessions });
      if (decision.outcome !== "insert") return decision;

      const { expired, replaced, evicted } = decision;
      // Updates take no turn. If an update came in between, the sessions to remove are chosen again.
      if (!(await this.#hold(run, [...expired, ...replaced, ...evicted]))) return insertNow(run);
      const removed = [
        ...(await this.#remove(run, expired, "expired")),
        ...(await this.#remove(run, replaced, "replaced")),
        ...(await this.#remove(run, evicted, "evicted")),
      ];
      await run(rows.INSERT, rows.postgresRowOf({ ...record, version: 1 }));
      return { outcome: "inserted", removed };
    };
    return this.#connections.transaction(insertNow);
  }

  async find({ userKey, sessionId }: SessionReference): Promise<SessionRecord | null> {
    const [row] = (await this.#connections.prepared(sql.FIND, [userKey, sessionId])).rows;
    return row === undefined ? null : rows.recordOfPostgresRow(row);
  }

  async update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    const { userKey, sessionId } = reference;
    const assignments = rows.assignmentsOf(change);
    const values = assignments.map(({ value }) => value);
    const { rowCount } = await this.#connections.prepared(sql.updateStatement(assignments), [
      userKey,
      sessionId,
      expectedVersion,
      this.#testTime,
      ...values,
    ]);
    return rowCount === 1;
  }

  async delete({ userKey, sessionId }: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    const result = await this.#connections.statement(sql.REMOVE, [userKey, [sessionId], reason, this.#testTime]);
    return rows.removedBy(result, reason)[0] ?? null;
  }

  deleteByUser(
    userKey: string,
    reason: EndReason,
    options: { readonly except?: string } = {},
  ): Promise<readonly RemovedSession[]> {
    return this.#connections.transaction(async (run) => {
      await this.#takeTurn(run, userKey);
      await run(sql.RAISE_FENCE, [userKey, randomBytes(12).toString("base64url"), this.#testTime]);
      const result = await run(sql.REMOVE_ALL, [userKey, options.except ?? null, reason, this.#testTime]);
      return rows.removedBy(result, reason);
    });
  }

  async listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    return (await this.#connections.statement(sql.LIST_BY_USER, [userKey])).rows.map(rows.recordOfPostgresRow);
  }

  async deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    await this.#sweep(sql.REMOVE_OLD_FENCES);
    await this.#sweep(sql.REMOVE_OLD_TOMBSTONES);
    const removed: RemovedSession[] = [];
    for (let isDone = false; !isDone; ) {
      const size = Math.min(EXPIRY_BATCH, limit - removed.length);
      const result = await this.#connections.statement(sql.REMOVE_EXPIRED, [size, "expired", this.#testTime]);
      removed.push(...rows.removedBy(result, "expired"));
      isDone = result.rows.length < size || removed.length >= limit;
    }
    return removed;
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#channel.subscribe(listener, onChannel);
  }

  /** Ends all subscriptions. The pool stays open: it belongs to the caller, and so do its errors from now on. */
  close(): void {
    this.#channel.close();
    this.#connections.release();
  }

  get #testTime(): number | null {
    return this.#testClock?.now() ?? null;
  }

  /** From here until the transaction ends, no other transaction logs this user in or revokes the user's sessions. */
  async #takeTurn(run: RunStatement, userKey: string): Promise<void> {
    let isLocked = false;
    // A sweep may have removed the row in between.
    while (!isLocked) {
      await run(sql.CREATE_FENCE_ROW, [userKey, this.#testTime]);
      isLocked = (await run(sql.LOCK_FENCE_ROW, [userKey])).rows.length === 1;
    }
  }

  /**
   * Whether the sessions are still as they were listed. If so, no other transaction changes or removes them until the
   * commit.
   */
  async #hold(run: RunStatement, sessions: readonly rows.HeldRecord[]): Promise<boolean> {
    const [first] = sessions;
    if (first === undefined) return true;
    const sessionIds = sessions.map(({ sessionId }) => sessionId);
    const versions = sessions.map(({ version }) => version);
    return (await run(sql.HOLD, [first.userKey, sessionIds, versions])).rows.length === sessions.length;
  }

  async #sweep(statement: string): Promise<void> {
    let swept: number;
    do swept = (await this.#connections.statement(statement, [this.#testTime])).rowCount ?? 0;
    while (swept === sql.SWEPT_AT_A_TIME);
  }

  async #remove(
    run: RunStatement,
    sessions: readonly HeldSession[],
    reason: EndReason,
  ): Promise<readonly RemovedSession[]> {
    const [first] = sessions;
    if (first === undefined) return [];
    const sessionIds = sessions.map(({ sessionId }) => sessionId);
    return rows.removedBy(await run(sql.REMOVE, [first.userKey, sessionIds, reason, this.#testTime]), reason);
  }
}
