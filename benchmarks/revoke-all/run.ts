import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import Database from "better-sqlite3";
import { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { fill } from "../fill.ts";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";

const SIZES = [1_000, 1_000_000] as const;
/** Users who are logged in anew, with three sessions each, and revoked. */
const TRIALS = 300;
const SESSIONS_OF_A_USER = 3;
const ROUNDS = 5;

interface OpenedStore {
  readonly store: SessionStore;
  /** Fills it with so many sessions of as many users. */
  fill(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Does it cost more to end a user's sessions when there are a thousand times as many of others? */
export async function runRevokeAll(): Promise<void> {
  const rows: string[][] = [];
  for (const [name, open] of Object.entries(stores)) {
    const opened = await Promise.all([open(), open()]);
    for (const [index, { fill: fillUp }] of opened.entries()) {
      report(`${name}: filling with ${(SIZES[index] ?? 0).toLocaleString("en")} sessions`);
      await fillUp(SIZES[index] ?? 0);
    }
    // In turns, so that whatever else the machine does meets both alike.
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, { store }] of opened.entries()) times[index]?.push(...(await timesOf(store, round)));
    }
    const [small, large] = times.map(median) as [number, number];
    rows.push([name, small.toFixed(0), large.toFixed(0), (large / small).toFixed(2)]);
    for (const { close } of opened) await close();
  }
  const sizes = SIZES.map((size) => `µs with ${size.toLocaleString("en")} sessions`);
  printTable(["revoking all of a user", ...sizes, "×"], rows);
}

async function timesOf(store: SessionStore, round: number): Promise<readonly number[]> {
  const sessions = new SessionManager({ store });
  const times: number[] = [];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const userId = `revoked-${round}-${trial}`;
    for (let login = 0; login < SESSIONS_OF_A_USER; login += 1) await sessions.login(await sessions.begin(userId));
    const start = process.hrtime.bigint();
    const ended = await sessions.revokeAll(userId);
    times.push(Number(process.hrtime.bigint() - start) / 1_000);
    if (ended !== SESSIONS_OF_A_USER) throw new Error(`${ended} sessions ended.`);
  }
  return times;
}

const stores: Readonly<Record<string, () => Promise<OpenedStore>>> = {
  memory: async () => withFill(new MemorySessionStore(), async () => {}),
  SQLite: openSqlite,
  Redis: openRedis,
  Postgres: openPostgres,
};

function withFill(store: SessionStore, close: () => Promise<void>): OpenedStore {
  return {
    store,
    fill: async (count) => {
      await fill(store, count);
    },
    close,
  };
}

/** Filled in memory and copied: a million logins that are each flushed to the disk would take an hour. */
async function openSqlite(): Promise<OpenedStore> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-benchmark-"));
  const path = join(folder, "sessions.sqlite");
  let opened: { database: Database.Database; store: SqliteSessionStore } | null = null;
  return {
    get store() {
      if (opened === null) throw new Error("The store was not filled yet.");
      return opened.store;
    },
    async fill(count) {
      const inMemory = new Database(":memory:");
      await fill(await SqliteSessionStore.open({ database: inMemory }), count);
      await inMemory.backup(path);
      inMemory.close();
      const database = new Database(path);
      opened = { database, store: await SqliteSessionStore.open({ database }) };
    },
    async close() {
      opened?.store.close();
      opened?.database.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openRedis(): Promise<OpenedStore> {
  const server = await RedisServer.start();
  const client = new Redis(server.url, ioredisOptions);
  const store = await RedisSessionStore.open({ client });
  return withFill(store, async () => {
    store.close();
    client.disconnect();
    await server.stop();
  });
}

/** One real login, copied by the database under other keys: a million transactions would take an hour. */
async function openPostgres(): Promise<OpenedStore> {
  const server = await PostgresServer.start();
  const pool = new pg.Pool({ connectionString: server.url });
  const connectListener = async () => {
    const client = new pg.Client(server.url);
    await client.connect();
    return client;
  };
  await migratePostgresSessions(pool);
  const store = await PostgresSessionStore.open({ pool, connectListener });
  return {
    store,
    async fill(count) {
      await fill(store, 1);
      const { rows } = await pool.query("SELECT * FROM coatcheck_sessions LIMIT 1");
      const columns = Object.keys(rows[0]).filter((column) => column !== "user_key");
      await pool.query(
        `INSERT INTO coatcheck_sessions (user_key, ${columns.join(", ")})
         SELECT substr(md5(number::text), 1, 20), ${columns.join(", ")}
         FROM coatcheck_sessions, generate_series(2, ${count}) AS number`,
      );
      await pool.query("VACUUM ANALYZE coatcheck_sessions");
    },
    async close() {
      store.close();
      await pool.end();
      await server.stop();
    },
  };
}
