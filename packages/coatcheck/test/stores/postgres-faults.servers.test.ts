import { missingProgram, PostgresServer } from "@coatcheck/throwaway-servers";
import { CoatcheckError, SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { PostgresSessionStore } from "coatcheck/stores/postgres";
import { ManualClock, sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { connectTo, PostgresDatabase, poolOn } from "./support/postgres-stores.ts";

const DEADLINE_MILLISECONDS = 500;
const LIMIT = { maximum: 1, whenFull: "evict" } as const;
const unavailable = { code: "store_unavailable", statusCode: 503 };

describe.skipIf(missingProgram("postgres"))("a Postgres that fails", () => {
  let server: PostgresServer;
  let url: string;
  let database: PostgresDatabase;
  let pool: Pool;
  let store: PostgresSessionStore;

  beforeAll(async () => {
    server = await PostgresServer.start();
    url = await server.createDatabase();
    database = await PostgresDatabase.create({ pool: url, listener: url });
  });

  afterAll(async () => {
    await database.end();
    await server.stop();
  });

  beforeEach(async () => {
    pool = poolOn(url);
    store = await openedWith({ deadlineMilliseconds: DEADLINE_MILLISECONDS, maximumInFlight: 5 });
  });

  afterEach(async () => {
    store.close();
    await pool.end();
  });

  const record = sessionRecordNamed("phone", Date.now());
  const calls: Record<string, (each: SessionStore) => Promise<unknown>> = {
    readFence: (each) => each.readFence(record.userKey),
    insert: (each) => each.insert(record, { fence: null, readAt: Date.now() }, LIMIT),
    find: async (each) => each.find(record),
    update: (each) => each.update(record, { data: {} }, 1),
    delete: (each) => each.delete(record, "revoked"),
    deleteByUser: (each) => each.deleteByUser(record.userKey, "revoked"),
    listByUser: (each) => each.listByUser(record.userKey),
    deleteExpired: (each) => each.deleteExpired(10),
  };

  test("by hanging is told from one that answers within the deadline, call by call, and works again", async () => {
    await store.find(record);
    server.pause();
    for (const [name, call] of Object.entries(calls)) {
      const start = performance.now();
      await expect(call(store), name).rejects.toMatchObject(unavailable);
      expect(performance.now() - start, name).toBeLessThan(DEADLINE_MILLISECONDS + 3_000);
    }
    server.resume();
    await vi.waitFor(() => store.find(record), { timeout: 10_000 });
  });

  test("by hanging is asked no more than so many times at once", async () => {
    await store.find(record);
    server.pause();
    const waiting = Promise.allSettled(Array.from({ length: 5 }, () => store.find(record)));
    await expect(store.find(record)).rejects.toMatchObject({ message: expect.stringContaining("5 calls") });
    await waiting;
    server.resume();
    await vi.waitFor(() => store.find(record), { timeout: 10_000 });
  });

  test("by dying loses no login and no revocation that it acknowledged", async () => {
    const sessions = new SessionManager({ store: await opened() });
    const [alive, ended]: [string[], string[]] = [[], []];
    let isOver = false;
    const storm = Array.from({ length: 4 }, async (_, lane) => {
      for (let round = 0; !isOver; round += 1) {
        try {
          const login = await sessions.login(await sessions.begin(`user-${lane}-${round}`));
          if (login.outcome !== "logged_in") throw new Error(login.outcome);
          if (round % 2 === 0) alive.push(login.token);
          else {
            await sessions.logout(login.authentication);
            ended.push(login.token);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CoatcheckError);
        }
      }
    });
    await vi.waitFor(() => expect(ended.length).toBeGreaterThan(40), { timeout: 20_000 });
    await server.kill();
    isOver = true;
    await Promise.all(storm);
    await server.restart();
    // Another process, that remembers nothing.
    const after = new SessionManager({ store: await opened() });
    for (const token of alive) expect((await after.authenticate(token)).status).toBe("authenticated");
    for (const token of ended) expect((await after.authenticate(token)).status).toBe("unauthenticated");
  });

  test("by being read-only takes nothing half, and says so", async () => {
    const writer = await opened();
    const user = { userKey: userKeyNamed("read-only") };
    const [first, second] = [
      sessionRecordNamed("first", Date.now(), user),
      sessionRecordNamed("second", Date.now(), user),
    ];
    await writer.insert(first, await writer.readFence(user.userKey), LIMIT);
    const readOnly = poolOn(`${url}?options=-c%20default_transaction_read_only%3Don`);
    const reader = await PostgresSessionStore.open({ pool: readOnly, connectListener: () => connectTo(url) });
    const reading = await reader.readFence(user.userKey);
    await expect(reader.insert(second, reading, LIMIT)).rejects.toMatchObject(unavailable);
    await expect(reader.delete(first, "revoked")).rejects.toMatchObject(unavailable);
    await expect(reader.deleteByUser(user.userKey, "revoked")).rejects.toMatchObject(unavailable);
    await expect(reader.update(first, { data: {} }, 1)).rejects.toMatchObject(unavailable);
    expect(await reader.listByUser(user.userKey)).toEqual([first]);
    reader.close();
    await readOnly.end();
  });

  test("by keeping a user locked fails that user's logins in time, and the connections are not worn out", async () => {
    // What is not locked answers within this on any machine; each round of logins that fail takes as long.
    const store = await openedWith({ deadlineMilliseconds: 2_000, maximumInFlight: 5 });
    const user = { userKey: userKeyNamed("locked") };
    await store.deleteByUser(user.userKey, "revoked");
    const holder = await connectTo(url);
    onTestFinished(() => holder.end());
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM coatcheck_fences WHERE user_key = $1 FOR UPDATE", [user.userKey]);
    const reading = await store.readFence(user.userKey);
    for (let round = 0; round < 3; round += 1) {
      const logins = Array.from({ length: 5 }, (_, index) =>
        store.insert(sessionRecordNamed(`round-${round}-${index}`, Date.now(), user), reading, LIMIT),
      );
      const outcomes = await Promise.allSettled(logins);
      expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
      // What was abandoned is closed and counts no more; unless it is, the next round is refused without being tried.
      await vi.waitFor(() => Promise.all(Array.from({ length: 5 }, () => store.readFence(user.userKey))), {
        timeout: 10_000,
      });
    }
    await holder.query("ROLLBACK");
    const record = sessionRecordNamed("at-last", Date.now(), user);
    const { outcome } = await store.insert(record, await store.readFence(user.userKey), LIMIT);
    expect(outcome).toBe("inserted");
    expect(await store.listByUser(user.userKey)).toEqual([record]);
  });

  test("is not what nodes with clocks five minutes apart are: they keep fences and revocations", async () => {
    const skewed = (minutes: number) => new ManualClock(Date.now() + minutes * 60_000);
    const [behind, ahead] = [
      new SessionManager({ store: await opened(), clock: skewed(-5) }),
      new SessionManager({ store: await opened(), clock: skewed(5) }),
    ];
    for (const [here, there] of [
      [behind, ahead],
      [ahead, behind],
    ] as const) {
      const login = await here.login(await here.begin("skewed"));
      if (login.outcome !== "logged_in") throw new Error(login.outcome);
      expect((await there.authenticate(login.token)).status).toBe("authenticated");
      const late = await there.begin("skewed");
      expect(await here.revokeAll("skewed")).toBe(1);
      expect((await there.authenticate(login.token)).status).toBe("unauthenticated");
      expect((await there.login(late)).outcome).toBe("login_overtaken");
    }
  });

  function openedWith(limits: {
    deadlineMilliseconds: number;
    maximumInFlight: number;
  }): Promise<PostgresSessionStore> {
    return PostgresSessionStore.open({ pool, connectListener: () => connectTo(url), ...limits });
  }

  function opened(): Promise<PostgresSessionStore> {
    return PostgresSessionStore.open({ pool: database.pools[0], connectListener: () => connectTo(url) });
  }
});
