import type { RemovedSession, SessionStore } from "coatcheck/store";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { ManualClock, sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { expect, test, vi } from "vitest";
import { connectTo, newSqlitePath, openStore } from "./support/sqlite-file.ts";

const ADA = userKeyNamed("ada");
const LIMIT = { maximum: 1_000, whenFull: "refuse" } as const;

/** Two stores on one file; the first looks for what the second removed as often as `pollIntervalMilliseconds` says. */
async function openTwo(pollIntervalMilliseconds: number) {
  const path = await newSqlitePath();
  const clock = new ManualClock();
  const database = connectTo(path);
  const store = await SqliteSessionStore.open({ database, clock, pollIntervalMilliseconds });
  return { clock, database, store, other: await openStore(path, { clock }) };
}

async function login(store: SessionStore, name: string, clock: ManualClock) {
  const record = sessionRecordNamed(name, clock.now());
  await store.insert(record, await store.readFence(ADA), LIMIT);
  return record;
}

function namesHeardBy(store: SessionStore): readonly string[] {
  const names: string[] = [];
  store.subscribe(({ sessionId }: RemovedSession) => names.push(sessionId.replace(/-+$/, "")));
  return names;
}

test("a removal by another process that came before one's own is heard of before it", async () => {
  const { clock, store, other } = await openTwo(60_000);
  const heard = namesHeardBy(store);
  await other.delete(await login(store, "theirs", clock), "revoked");
  await store.delete(await login(store, "own", clock), "revoked");
  expect(heard).toEqual(["theirs", "own"]);
});

test("a removal is heard of although the clock jumped far ahead before anyone could look", async () => {
  const { clock, store, other } = await openTwo(300);
  const heard = namesHeardBy(store);
  await other.delete(await login(other, "before", clock), "revoked");
  clock.advanceSeconds(86_400);
  await other.delete(await login(other, "after", clock), "revoked");
  await vi.waitFor(() => expect(heard).toEqual(["before", "after"]), { timeout: 15_000 });
});

test("a process that slept while the log was cleared is told that it missed removals", async () => {
  const { clock, database, store, other } = await openTwo(60_000);
  const [heard, states]: [string[], string[]] = [[], []];
  store.subscribe(
    ({ sessionId }) => heard.push(sessionId.replace(/-+$/, "")),
    (state) => states.push(state),
  );
  await other.delete(await login(other, "cleared", clock), "revoked");
  await other.delete(await login(other, "kept", clock), "revoked");
  database.prepare("DELETE FROM coatcheck_removals WHERE session_id LIKE 'cleared%'").run();
  await store.delete(await login(store, "own", clock), "revoked");
  expect(heard).toEqual(["kept", "own"]);
  expect(states).toEqual(["open", "interrupted", "open"]);
});

test("a process that hears of everything is told of no gap", async () => {
  const { clock, store, other } = await openTwo(60_000);
  await other.delete(await login(other, "before", clock), "revoked");
  const states: string[] = [];
  store.subscribe(
    () => {},
    (state) => states.push(state),
  );
  await other.delete(await login(other, "theirs", clock), "revoked");
  await store.delete(await login(store, "own", clock), "revoked");
  expect(states).toEqual(["open"]);
});

test.each<readonly [string, (store: SessionStore, clock: ManualClock) => Promise<unknown>]>([
  ["a delete", async (store) => store.delete(sessionRecordNamed("phone", 0), "logged_out")],
  ["a deleteByUser", async (store) => store.deleteByUser(ADA, "revoked")],
  [
    "an eviction",
    async (store, clock) => {
      const reading = await store.readFence(ADA);
      await store.insert(sessionRecordNamed("laptop", clock.now()), reading, { maximum: 1, whenFull: "evict" });
    },
  ],
  [
    "a sweep",
    async (store, clock) => {
      clock.advanceSeconds(86_400);
      await store.deleteExpired(10);
    },
  ],
])("%s of one's own is heard of when it returns", async (_, remove) => {
  const { clock, store } = await openTwo(60_000);
  const heard = namesHeardBy(store);
  await login(store, "phone", clock);
  await remove(store, clock);
  expect(heard).toEqual(["phone"]);
});

test("a removal is heard of although the log could not be read when it was new", async () => {
  const path = await newSqlitePath();
  const clock = new ManualClock();
  const [database, other] = [connectTo(path), await openStore(path, { clock })];
  const faults = vi.fn();
  const prepare = database.prepare.bind(database);
  vi.spyOn(database, "prepare").mockImplementation((sql) => {
    const statement = prepare(sql);
    const all = statement.all.bind(statement);
    // The first look that finds something new fails, after it has found it.
    vi.spyOn(statement, "all").mockImplementation((...parameters) => {
      const rows = all(...parameters);
      if (sql.includes("WHERE id > ?") && rows.length > 0 && faults.mock.calls.length === 0) {
        faults();
        throw new Error("The disk did not answer.");
      }
      return rows;
    });
    return statement;
  });
  const store = await SqliteSessionStore.open({ database, clock, pollIntervalMilliseconds: 5 });
  const heard = namesHeardBy(store);
  await other.delete(await login(other, "phone", clock), "revoked");
  await vi.waitFor(() => expect(heard).toEqual(["phone"]), { timeout: 15_000 });
  expect(faults).toHaveBeenCalledOnce();
});

test("the store stops looking for removals with its last listener", async () => {
  const { database, store } = await openTwo(1);
  const pragma = vi.spyOn(database, "pragma");
  const looks = () => pragma.mock.calls.filter(([text]) => text === "data_version").length;
  const unsubscribe = store.subscribe(() => {});
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(2), { timeout: 15_000 });
  unsubscribe();
  const soFar = looks();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(looks()).toBe(soFar);
});

test("a large sweep lets requests go on, and clears away fences and tombstones that have ended", async () => {
  const { clock, database, store } = await openTwo(1_000);
  for (let number = 0; number < 450; number += 1) await login(store, `number-${number}`, clock);
  await store.delete(await login(store, "buried", clock), "revoked");
  await store.deleteByUser(userKeyNamed("grace"), "revoked");
  clock.advanceSeconds(86_400);

  let [turns, isOver] = [0, false];
  setImmediate(function countTurn() {
    turns += 1;
    if (!isOver) setImmediate(countTurn);
  });
  expect(await store.deleteExpired(1_000)).toHaveLength(450);
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(2);
  expect(database.prepare("SELECT count(*) FROM coatcheck_fences").pluck().get()).toBe(0);
  expect(database.prepare("SELECT count(*) FROM coatcheck_tombstones").pluck().get()).toBe(0);
});

test("each removal clears away more of the old log than it adds", async () => {
  const { clock, database, store } = await openTwo(1_000);
  database.exec(`
    WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 3000)
    INSERT INTO coatcheck_removals (user_key, session_id, user_id, reason, removed_at)
    SELECT 'joan', number, 'user:joan', 'logged_out', ${clock.now()} FROM numbers`);
  clock.advanceSeconds(86_400);
  for (let number = 0; number < 20; number += 1) {
    await store.delete(await login(store, `number-${number}`, clock), "logged_out");
  }
  expect(database.prepare("SELECT count(*) FROM coatcheck_removals").pluck().get()).toBeLessThan(3_000);
});
