import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import Database from "better-sqlite3";
import type { SessionStore } from "coatcheck/store";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { endSession, passes } from "./session-trial.ts";

/** Whether a revocation that was acknowledged was undone. */
export type Trial = () => Promise<boolean>;

const DEBIAN_SNAPSHOTS = ["--save", "3600 1 300 100 60 10000", "--appendonly", "no"];
const EVERY_SECOND = ["--appendonly", "yes", "--appendfsync", "everysec"];
const ALWAYS = ["--appendonly", "yes", "--appendfsync", "always"];

/** Each ends a session in a server, kills the server at once (SIGKILL), starts it again, and asks as a new process does. */
export const crashTrials: readonly (readonly [name: string, trial: Trial])[] = [
  ["Redis, Debian's default: snapshots; one was just taken", () => redisCrash(DEBIAN_SNAPSHOTS, true)],
  ["Redis, appendonly yes, appendfsync everysec", () => redisCrash(EVERY_SECOND, false)],
  ["Redis, appendonly yes, appendfsync always", () => redisCrash(ALWAYS, false)],
  ["Postgres, synchronous_commit on", () => postgresCrash({})],
  ["Postgres, synchronous_commit off", () => postgresCrash({ synchronous_commit: "off" })],
];

export const restoreTrials: readonly (readonly [name: string, trial: Trial])[] = [
  ["Redis, a snapshot of before the revocation", () => redisRestore(false)],
  ["Redis, the same, emptied before it is used", () => redisRestore(true)],
  ["SQLite, a copy of before the revocation", sqliteRestore],
];

async function redisCrash(settings: readonly string[], takesSnapshot: boolean): Promise<boolean> {
  const server = await RedisServer.start({ arguments: settings });
  try {
    const token = await withRedis(server.url, async (store) => {
      const ended = await endSession(store, async () => {
        if (takesSnapshot) await server.command("SAVE");
      });
      await server.kill();
      return ended;
    });
    await server.restart();
    return await withRedis(server.url, (store) => passes(store, token));
  } finally {
    await server.stop();
  }
}

async function redisRestore(empties: boolean): Promise<boolean> {
  const server = await RedisServer.start();
  try {
    const [dump, backup] = [join(server.folder, "dump.rdb"), join(server.folder, "backup.rdb")];
    const token = await withRedis(server.url, (store) =>
      endSession(store, async () => {
        await server.command("SAVE");
        await copyFile(dump, backup);
      }),
    );
    await server.kill();
    await copyFile(backup, dump);
    await server.restart();
    if (empties) await server.command("FLUSHDB");
    return await withRedis(server.url, (store) => passes(store, token));
  } finally {
    await server.stop();
  }
}

async function postgresCrash(settings: Readonly<Record<string, string>>): Promise<boolean> {
  const server = await PostgresServer.start({ settings });
  try {
    const token = await withPostgres(server.url, async (store) => {
      const ended = await endSession(store);
      await server.kill();
      return ended;
    });
    await server.restart();
    return await withPostgres(server.url, (store) => passes(store, token));
  } finally {
    await server.stop();
  }
}

async function sqliteRestore(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-benchmark-"));
  const [path, backup] = [join(folder, "sessions.sqlite"), join(folder, "backup.sqlite")];
  const database = new Database(path);
  const store = await SqliteSessionStore.open({ database });
  const token = await endSession(store, async () => void (await database.backup(backup)));
  store.close();
  database.close();
  const restored = new Database(backup);
  const after = await SqliteSessionStore.open({ database: restored });
  const isUndone = await passes(after, token);
  after.close();
  restored.close();
  await rm(folder, { recursive: true });
  return isUndone;
}

async function withRedis<Result>(url: string, work: (store: SessionStore) => Promise<Result>): Promise<Result> {
  const client = new Redis(url, ioredisOptions);
  client.on("error", () => {});
  const store = await RedisSessionStore.open({ client });
  try {
    return await work(store);
  } finally {
    store.close();
    client.disconnect();
  }
}

async function withPostgres<Result>(url: string, work: (store: SessionStore) => Promise<Result>): Promise<Result> {
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", () => {});
  await migratePostgresSessions(pool);
  const connectListener = async () => {
    const client = new pg.Client(url);
    await client.connect();
    return client;
  };
  const store = await PostgresSessionStore.open({ pool, connectListener });
  try {
    return await work(store);
  } finally {
    store.close();
    await pool.end();
  }
}
