import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type SqliteDatabase, SqliteSessionStore, type SqliteStatement } from "coatcheck/stores/sqlite";
import { sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ADA = userKeyNamed("ada");
const LIMIT = { maximum: 10, whenFull: "evict" } as const;
const unavailable = expect.objectContaining({ code: "store_unavailable", statusCode: 503 });

let folder: string;
let path: string;
const databases: Database.Database[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coatcheck-"));
  path = join(folder, "sessions.db");
});

afterEach(async () => {
  for (const database of databases.splice(0)) database.close();
  await rm(folder, { recursive: true });
});

function connect(): Database.Database {
  const database = new Database(path);
  databases.push(database);
  return database;
}

/** A store with one session in it. */
async function openStore(deadlineMilliseconds = 200) {
  const store = await SqliteSessionStore.open({ database: connect(), deadlineMilliseconds });
  const record = sessionRecordNamed("phone", Date.now());
  await store.insert(record, await store.readFence(ADA), LIMIT);
  return { store, record };
}

describe("a file that another connection keeps locked", () => {
  test("holds writes until their deadline, and neither reads nor the event loop", async () => {
    const { store, record } = await openStore();
    const other = connect();
    other.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const writes = [
      store.delete(record, "logged_out"),
      store.deleteByUser(ADA, "revoked"),
      store.update(record, { lastSeenAt: record.lastSeenAt }, 1),
      store.deleteExpired(10),
    ].map((write) => expect(write).rejects.toEqual(unavailable));
    expect(await store.find(record)).toEqual(record);
    await Promise.all(writes);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);

    other.exec("ROLLBACK");
    expect(await store.delete(record, "logged_out")).toMatchObject({ reason: "logged_out" });
  });

  test("is waited for: a write that finds it free in time succeeds", async () => {
    const { store, record } = await openStore(20_000);
    const other = connect();
    other.exec("BEGIN IMMEDIATE");
    const removal = store.delete(record, "logged_out");
    await store.find(record);
    other.exec("ROLLBACK");
    expect(await removal).toMatchObject({ sessionId: record.sessionId });
  });
});

test("a transaction that can be neither committed nor undone hides the store until it can", async () => {
  const real = connect();
  let isBroken = false;
  const database: SqliteDatabase = {
    get inTransaction() {
      return real.inTransaction;
    },
    exec: (sql) => real.exec(sql),
    pragma: (text, options) => real.pragma(text, options),
    prepare(sql) {
      const statement: SqliteStatement = real.prepare(sql);
      if (sql !== "COMMIT" && sql !== "ROLLBACK") return statement;
      const run = () => {
        if (isBroken) throw new Error("The disk does not answer.");
        return statement.run();
      };
      return { ...statement, run };
    },
  };
  const store = await SqliteSessionStore.open({ database });
  const record = sessionRecordNamed("phone", Date.now());
  await store.insert(record, await store.readFence(ADA), LIMIT);
  isBroken = true;
  await expect(store.delete(record, "logged_out")).rejects.toMatchObject({
    code: "store_unavailable",
    cause: { message: "The disk does not answer." },
  });
  // Read in the transaction that hangs, the session would be gone; and it is not.
  await expect(store.find(record)).rejects.toEqual(unavailable);
  isBroken = false;
  expect(await store.find(record)).toEqual(record);
  expect(await store.delete(record, "logged_out")).not.toBeNull();
});

describe("a file that cannot be used", () => {
  test("tables that are gone at run time: unavailable, and well again when they are back", async () => {
    const { store, record } = await openStore();
    const other = connect();
    other.exec("ALTER TABLE coatcheck_sessions RENAME TO gone");
    await expect(store.find(record)).rejects.toEqual(unavailable);
    await expect(store.delete(record, "logged_out")).rejects.toEqual(unavailable);
    other.exec("ALTER TABLE gone RENAME TO coatcheck_sessions");
    expect(await store.find(record)).toEqual(record);
  });

  test("a removal that cannot be logged is not made", async () => {
    const { store, record } = await openStore();
    const other = connect();
    other.exec("ALTER TABLE coatcheck_removals RENAME TO gone");
    await expect(store.delete(record, "logged_out")).rejects.toEqual(unavailable);
    await expect(store.deleteByUser(ADA, "revoked")).rejects.toEqual(unavailable);
    other.exec("ALTER TABLE gone RENAME TO coatcheck_removals");
    expect(await store.find(record)).toEqual(record);
    expect((await store.readFence(ADA)).fence).toBeNull();
  });

  test("a closed connection is unavailable", async () => {
    const { store, record } = await openStore();
    for (const database of databases.splice(0)) database.close();
    await expect(store.find(record)).rejects.toEqual(unavailable);
  });

  test("a read-only file cannot be opened", async () => {
    await openStore();
    for (const database of databases.splice(0)) database.close();
    // A file format version that this SQLite may read and not write: read-only for root, too.
    const file = await open(path, "r+");
    await file.write(Buffer.of(255), 0, 1, 18);
    await file.close();
    await expect(SqliteSessionStore.open({ database: connect() })).rejects.toEqual(unavailable);
  });

  test("a file that is no database cannot be opened, and keeps what it holds", async () => {
    await writeFile(path, "a user's notes, ".repeat(100));
    await expect(SqliteSessionStore.open({ database: connect() })).rejects.toEqual(unavailable);
  });

  test("tables of a newer version are not touched", async () => {
    await openStore();
    connect().exec("INSERT INTO coatcheck_schema (version) VALUES (9999)");
    await expect(SqliteSessionStore.open({ database: connect() })).rejects.toMatchObject({
      code: "store_schema_unsupported",
    });
  });
});

test("the file may hold the application's own tables, whatever they are called", async () => {
  const application = connect();
  application.exec("CREATE TABLE sessions (id); CREATE TABLE users (id); PRAGMA user_version = 7");
  const { store, record } = await openStore();
  expect(await store.find(record)).toEqual(record);
  expect(application.pragma("user_version", { simple: true })).toBe(7);
});
