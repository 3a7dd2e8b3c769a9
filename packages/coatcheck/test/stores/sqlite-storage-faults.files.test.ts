import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { expect, test } from "vitest";
import { connectTo, newSqlitePath, openStore } from "./support/sqlite-file.ts";

const ADA = userKeyNamed("ada");
const LIMIT = { maximum: 100, whenFull: "refuse" } as const;
const PHONE = sessionRecordNamed("phone", Date.now());
const LAPTOP = sessionRecordNamed("laptop", Date.now());
const unavailable = expect.objectContaining({ code: "store_unavailable" });

/** A store with one session, on a connection that the test can spoil. */
async function openWithSession() {
  const path = await newSqlitePath();
  const database = connectTo(path);
  const store = await SqliteSessionStore.open({ database });
  const reading = await store.readFence(ADA);
  await store.insert(PHONE, reading, LIMIT);
  return { path, database, store, reading };
}

test("sessions are there again when the file is opened anew", async () => {
  const { path, database } = await openWithSession();
  database.close();
  expect(await (await openStore(path)).find(PHONE)).toEqual(PHONE);
});

test("a damaged file fails the calls that meet the damage", async () => {
  const { path, database } = await openWithSession();
  database.close();
  const file = await open(path, "r+");
  const { size } = await file.stat();
  // All but the first page, which names the tables: opening may or may not look further.
  await file.write(Buffer.alloc(size - 4_096, 0xa5), 0, size - 4_096, 4_096);
  await file.close();
  const finding = SqliteSessionStore.open({ database: connectTo(path) }).then((store) => store.find(PHONE));
  await expect(finding).rejects.toMatchObject({
    code: "store_unavailable",
    cause: { code: expect.stringMatching(/^SQLITE_CORRUPT/) },
  });
});

test("a full disk stores nothing of a login, and the next succeeds when there is room", async () => {
  const { database, store, reading } = await openWithSession();
  const large = { ...LAPTOP, data: { filling: "x".repeat(50_000) } };
  database.pragma(`max_page_count = ${database.pragma("page_count", { simple: true })}`);
  const refused = store.insert(large, reading, LIMIT);
  await expect(refused).rejects.toMatchObject({ code: "store_unavailable", cause: { code: "SQLITE_FULL" } });
  expect(await store.listByUser(ADA)).toEqual([PHONE]);
  database.pragma("max_page_count = 1000000");
  expect(await store.insert(large, reading, LIMIT)).toEqual({ outcome: "inserted", removed: [] });
});

test("a file that may no longer be written can be read, and written again once it may be", async () => {
  const { database, store } = await openWithSession();
  database.pragma("query_only = ON");
  await expect(store.delete(PHONE, "logged_out")).rejects.toEqual(unavailable);
  expect(await store.find(PHONE)).toEqual(PHONE);
  database.pragma("query_only = OFF");
  expect(await store.delete(PHONE, "logged_out")).not.toBeNull();
});

test("a call inside a transaction of the application's is refused, and takes no part in it", async () => {
  const { database, store } = await openWithSession();
  database.exec("BEGIN");
  await expect(store.delete(PHONE, "logged_out")).rejects.toEqual(unavailable);
  await expect(store.update(PHONE, { lastSeenAt: PHONE.lastSeenAt + 1 }, 1)).rejects.toEqual(unavailable);
  expect(database.inTransaction).toBe(true);
  database.exec("ROLLBACK");
  expect(await store.delete(PHONE, "logged_out")).toMatchObject({ sessionId: PHONE.sessionId });
});

test("a file whose folder is gone cannot be opened", async () => {
  const path = await newSqlitePath();
  const database = connectTo(path);
  await rm(dirname(path), { recursive: true });
  await expect(SqliteSessionStore.open({ database })).rejects.toEqual(unavailable);
});
