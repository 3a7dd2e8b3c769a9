import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { RemovedSession, SessionRecord } from "coatcheck/store";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteProcess } from "./support/sqlite-process.ts";

const ADA = userKeyNamed("ada");
const PROCESSES = 4;
const SOON = { timeout: 20_000, interval: 1 };

let folder: string;
let path: string;
let database: Database.Database;
let store: SqliteSessionStore;
let processes: SqliteProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coatcheck-"));
  path = join(folder, "sessions.db");
  // All of them open a file that is not there yet, at once: one prepares it, the others find it prepared.
  processes = await Promise.all(Array.from({ length: PROCESSES }, () => SqliteProcess.start(path)));
  database = new Database(path);
  store = await SqliteSessionStore.open({ database, pollIntervalMilliseconds: 5 });
});

afterEach(async () => {
  await Promise.all(processes.map((process) => process.kill()));
  store.close();
  database.close();
  await rm(folder, { recursive: true });
});

/** Records of Ada's, a share for each process, all with names of their own. */
function sharesOf(each: number): SessionRecord[][] {
  return processes.map((_, process) =>
    Array.from({ length: each }, (_, index) => sessionRecordNamed(`p${process}-${index}`, Date.now())),
  );
}

test("logins in several processes at once: as many as the limit allows stay", async () => {
  const limit = { maximum: 100, whenFull: "refuse" };
  const outcomes = await Promise.all(
    sharesOf(30).map((records, index) => processes[index]?.ask<string[]>("insertAll", { records, limit })),
  );
  const inserted = outcomes.flat().filter((outcome) => outcome === "inserted");
  expect(inserted).toHaveLength(100);
  expect(await store.listByUser(ADA)).toHaveLength(100);
});

test("logins in several processes at once: the limit is never exceeded by evicting too few", async () => {
  const limit = { maximum: 10, whenFull: "evict" };
  await Promise.all(
    sharesOf(25).map((records, index) => processes[index]?.ask<string[]>("insertAll", { records, limit })),
  );
  expect(await store.listByUser(ADA)).toHaveLength(10);
});

interface Begun {
  readonly sessionId: string;
  readonly fence: string | null;
}

test("a revoke-all leaves nothing alive that began before it, in any process", async () => {
  const limit = { maximum: 1_000, whenFull: "evict" };
  for (const [index, records] of sharesOf(2_000).entries())
    processes[index]?.send("logInUntilStopped", { records, limit });
  const answers = processes.map((process) => process.answer<Begun[]>());
  for (let revocation = 0; revocation < 10; revocation++) {
    await expect.poll(async () => (await store.listByUser(ADA)).length, SOON).toBeGreaterThan(3);
    await store.deleteByUser(ADA, "revoked");
  }
  for (const process of processes) process.send("stop");
  const begun = new Map((await Promise.all(answers)).flat().map(({ sessionId, fence }) => [sessionId, fence]));
  const { fence } = await store.readFence(ADA);
  const alive = await store.listByUser(ADA);
  // Whatever is alive read the last fence, so it began after the last revoke-all.
  expect(alive.map(({ sessionId }) => begun.get(sessionId))).toEqual(alive.map(() => fence));
  expect(begun.size).toBeGreaterThan(alive.length);
});

test("kill -9 in a storm loses no acknowledged insert and no acknowledged removal", async () => {
  const limit = { maximum: 1_000, whenFull: "evict" };
  const shares = sharesOf(200);
  for (const [index, records] of shares.entries()) processes[index]?.send("storm", { records, limit });
  const isInTheMiddle = () => processes.every(({ acknowledgements }) => acknowledgements.length > 20);
  await expect.poll(isInTheMiddle, SOON).toBe(true);
  await Promise.all(processes.map((process) => process.kill()));

  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  const alive = new Set((await store.listByUser(ADA)).map(({ sessionId }) => sessionId));
  const states = new Map(
    processes.flatMap(({ acknowledgements }) =>
      acknowledgements.map(({ sessionId, acknowledged }) => [sessionId, acknowledged] as const),
    ),
  );
  // "removing": the removal was under way, and may have been done or not.
  for (const [sessionId, state] of states) {
    if (state !== "removing") expect([sessionId, alive.has(sessionId)]).toEqual([sessionId, state === "inserted"]);
  }
});

test("what one process removes the others hear of, once", async () => {
  const heard: RemovedSession[] = [];
  store.subscribe((removed) => heard.push(removed));
  const record = sessionRecordNamed("phone", Date.now());
  await store.insert(record, await store.readFence(ADA), { maximum: 10, whenFull: "evict" });
  const reference = { userKey: record.userKey, sessionId: record.sessionId };
  const removed = await processes[0]?.ask<RemovedSession>("remove", { reference, reason: "revoked" });
  await expect.poll(() => heard, SOON).toEqual([removed]);
  await store.deleteByUser(ADA, "revoked");
  expect(heard).toEqual([removed]);
});
