import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { RemovedSession, SessionLimit } from "coatcheck/store";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { InterruptedDatabase } from "./interrupted-database.ts";

const ADA = userKeyNamed("ada");
const ONE: SessionLimit = { maximum: 1, whenFull: "refuse" };
const HUNDRED: SessionLimit = { maximum: 100, whenFull: "evict" };

/** A store that can be interrupted, and another on the same file, which acts at once or else waits for the lock. */
async function openTwo() {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-"));
  const [connection, otherConnection] = [new Database(join(folder, "s.db")), new Database(join(folder, "s.db"))];
  const database = new InterruptedDatabase(connection);
  const store = await SqliteSessionStore.open({ database });
  const other = await SqliteSessionStore.open({ database: otherConnection, pollIntervalMilliseconds: 5 });
  onTestFinished(async () => {
    for (const opened of [store, other]) opened.close();
    for (const opened of [connection, otherConnection]) opened.close();
    await rm(folder, { recursive: true });
  });
  return { store, other, database, connection };
}

function recordNamed(name: string) {
  return sessionRecordNamed(name, Date.now());
}

test("a login that comes while another looks at the limit has to wait: the first to look is the one that stays", async () => {
  const { store, other, database } = await openTwo();
  const reading = await store.readFence(ADA);
  const second = vi.fn(() => other.insert(recordNamed("second"), reading, ONE));
  database.interruptAfter("absolute_deadline FROM coatcheck_sessions WHERE user_key = ?", second);
  expect(await store.insert(recordNamed("first"), reading, ONE)).toEqual({ outcome: "inserted", removed: [] });
  expect(await second.mock.results[0]?.value).toEqual({ outcome: "session_limit_reached" });
});

test("a revoke-all that comes after a login has looked at the fence waits for the login, and ends it", async () => {
  const { store, other, database } = await openTwo();
  const revocation = vi.fn(() => other.deleteByUser(ADA, "revoked"));
  const reading = await store.readFence(ADA);
  database.interruptAfter("FROM coatcheck_fences", revocation);
  await store.insert(recordNamed("phone"), reading, HUNDRED);
  await revocation.mock.results[0]?.value;
  expect(await store.listByUser(ADA)).toEqual([]);
});

test("an update that comes while another is between reading and writing is told that it came too late", async () => {
  const { store, other, database } = await openTwo();
  const record = recordNamed("phone");
  await store.insert(record, await store.readFence(ADA), HUNDRED);
  const second = vi.fn(() => other.update(record, { data: { writer: "second" } }, 1));
  database.interruptAfter("FROM coatcheck_sessions WHERE user_key = ? AND session_id = ?", second);
  const first = await store.update(record, { data: { writer: "first" } }, 1);
  expect([first, await second.mock.results[0]?.value]).toEqual([true, false]);
  expect((await store.find(record))?.data).toEqual({ writer: "first" });
});

test("a process that dies as soon as a removal is committed has told the others of it", async () => {
  const { store, other, database, connection } = await openTwo();
  const record = recordNamed("phone");
  await store.insert(record, await store.readFence(ADA), HUNDRED);
  const heard: RemovedSession[] = [];
  other.subscribe((removed) => heard.push(removed));
  database.interruptAfter("COMMIT", () => connection.close());
  await store.delete(record, "revoked").catch(() => null);
  expect(await other.find(record)).toBeNull();
  const { userKey, sessionId, userId } = record;
  await vi.waitFor(() => expect(heard).toEqual([{ userKey, sessionId, userId, reason: "revoked" }]), {
    timeout: 15_000,
  });
});
