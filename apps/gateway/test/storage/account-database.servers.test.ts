import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { openAccounts } from "../../src/storage/accounts/open-accounts.ts";
import { AccountDatabase } from "../../src/storage/sqlite/account-database.ts";
import type { DatabasePurpose } from "../../src/storage/sqlite/database-purpose.ts";
import { emailOf, openTestAccounts, temporaryFolder } from "../accounts/support/test-accounts.ts";

const newAda = { email: emailOf("ada@example.com"), name: "Ada", passwordHash: "hash" };

async function openAndClose(path: string, purpose: DatabasePurpose): Promise<void> {
  await (await openAccounts({ path, purpose })).close();
}

function openDirectly(path: string): Database.Database {
  const database = new Database(path);
  onTestFinished(() => void database.close());
  return database;
}

test("a new database is for its owner's eyes alone, in WAL mode, and flushed at every commit", async () => {
  const path = join(temporaryFolder(), "accounts.sqlite");
  const { accounts } = await openTestAccounts(path);
  await accounts.add(newAda);
  for (const suffix of ["", "-wal", "-shm"]) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
  expect(openDirectly(path).pragma("journal_mode", { simple: true })).toBe("wal");

  const database = await AccountDatabase.open({ path, purpose: "gateway" });
  onTestFinished(() => database.close());
  const FULL = 2;
  expect(await database.read(() => database.prepare<[], object>("PRAGMA synchronous").get())).toEqual({
    synchronous: FULL,
  });
});

test("the account tables share their file with others", async () => {
  const path = join(temporaryFolder(), "shared.sqlite");
  openDirectly(path).exec("CREATE TABLE sessions (id TEXT) STRICT; INSERT INTO sessions VALUES ('kept')");
  const { accounts } = await openTestAccounts(path);
  await accounts.add(newAda);
  expect(openDirectly(path).prepare("SELECT id FROM sessions").all()).toEqual([{ id: "kept" }]);
});

test("eight processes that open a new database at once all get the same tables", async () => {
  const path = join(temporaryFolder(), "accounts.sqlite");
  const script = new URL("./support/open-and-add.js", import.meta.url).pathname;
  const exits = Array.from({ length: 8 }, async (_, index) => {
    const child = spawn(process.execPath, [script, path, `user${index}@example.com`], { stdio: "inherit" });
    const [code] = await once(child, "exit");
    return code;
  });
  expect(await Promise.all(exits)).toEqual(Array(8).fill(0));
  const { accounts } = await openTestAccounts(path);
  expect(await accounts.list()).toHaveLength(8);
  expect(openDirectly(path).prepare("SELECT version FROM accounts_schema").all()).toHaveLength(1);
});

describe("while another process holds the write lock", () => {
  test("reading goes on, and a write waits for it without stopping the event loop", async () => {
    const path = join(temporaryFolder(), "accounts.sqlite");
    const { accounts } = await openTestAccounts(path);
    const other = openDirectly(path);
    other.exec("BEGIN IMMEDIATE");
    const adding = accounts.add(newAda);
    // Timers only run while the event loop does: the lock is given back from one.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await accounts.list()).toEqual([]);
    other.exec("COMMIT");
    expect((await adding).outcome).toBe("added");
  });

  test("a write that waited for too long fails with a code, and changes nothing", async () => {
    const path = join(temporaryFolder(), "accounts.sqlite");
    const database = await AccountDatabase.open({ path, purpose: "gateway", busyTimeoutMilliseconds: 50 });
    onTestFinished(() => database.close());
    const other = openDirectly(path);
    other.exec("BEGIN IMMEDIATE");
    const fact = database.prepare<[], unknown>("INSERT INTO gateway_facts (name, value) VALUES ('a', 'b')");
    await expect(database.write(() => fact.run())).rejects.toMatchObject({ code: "accounts_unavailable" });
    other.exec("COMMIT");
    expect(other.prepare("SELECT * FROM gateway_facts").all()).toEqual([]);
  });
});

test("a database that fails while running is a fault with a code, for reading and for writing", async () => {
  const opened = await openTestAccounts(join(temporaryFolder(), "accounts.sqlite"));
  await opened.close();
  await expect(opened.accounts.list()).rejects.toMatchObject({ code: "accounts_unavailable" });
  await expect(opened.accounts.add(newAda)).rejects.toMatchObject({ code: "accounts_unavailable" });
});

describe("a database that cannot be opened says why", () => {
  test.each([
    { what: "a missing folder", path: "missing/accounts.sqlite", says: /its folder does not exist/ },
    { what: "a folder", path: "folder", says: /it is a folder/ },
    { what: "a file in place of the folder", path: "text/accounts.sqlite", says: /its folder is a file/ },
  ])("$what", async ({ path, says }) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "text"), "");
    const opening = openAndClose(join(folder, path), "gateway");
    await expect(opening).rejects.toMatchObject({
      code: "database_cannot_be_opened",
      message: expect.stringMatching(says),
    });
  });

  test("a file that is no database, which stays as it was", async () => {
    const path = join(temporaryFolder(), "notes.txt");
    const text = "These are notes, and no database at all. ".repeat(100);
    writeFileSync(path, text);
    await expect(openAndClose(path, "gateway")).rejects.toMatchObject({ code: "accounts_schema_unsupported" });
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("tables of a newer version, which stay as they were", async () => {
    const path = join(temporaryFolder(), "accounts.sqlite");
    await openAndClose(path, "gateway");
    const database = openDirectly(path);
    database.exec("UPDATE accounts_schema SET version = 9999");
    await expect(openAndClose(path, "gateway")).rejects.toMatchObject({ code: "accounts_schema_unsupported" });
    expect(database.prepare("SELECT version FROM accounts_schema").pluck().get()).toBe(9999);
  });
});

describe("a database is a demo's for good, or never", () => {
  test("the gateway refuses one that the demo made, which stays as it was", async () => {
    const path = join(temporaryFolder(), "demo.sqlite");
    await openAndClose(path, "demo");
    const before = readFileSync(path);
    await expect(openAndClose(path, "gateway")).rejects.toMatchObject({ code: "database_is_demo" });
    expect(readFileSync(path)).toEqual(before);
    await openAndClose(path, "demo");
    await openAndClose(path, "command_line");
  });

  test.each(["gateway", "command_line"] as const)("the demo refuses one made by the %s", async (purpose) => {
    const path = join(temporaryFolder(), "accounts.sqlite");
    await openAndClose(path, purpose);
    await expect(openAndClose(path, "demo")).rejects.toMatchObject({ code: "database_is_not_demo" });
    await openAndClose(path, "gateway");
  });

  test("the demo refuses a database that is not its own, and leaves it as it was", async () => {
    const path = join(temporaryFolder(), "other.sqlite");
    const other = new Database(path);
    other.exec("CREATE TABLE recipes (name TEXT)");
    other.close();
    const before = readFileSync(path);
    await expect(openAndClose(path, "demo")).rejects.toMatchObject({ code: "database_is_not_demo" });
    expect(readFileSync(path)).toEqual(before);
  });
});
