import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { type PostgresPool, PostgresSessionStore } from "coatcheck/stores/postgres";
import { sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connectTo, PostgresDatabase } from "./support/postgres-stores.ts";

const ONE = { maximum: 1, whenFull: "refuse" } as const;
const WAITING = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND datname = current_database()`;

/** Orders that a race seldom takes, taken on purpose: a connection of the test's own holds what others wait for. */
describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("turns in Postgres", () => {
  let server: PostgresForTests;
  let database: PostgresDatabase;
  let store: PostgresSessionStore;
  let holder: Client;

  beforeAll(async () => {
    server = await postgresForTests();
    const url = await server.createDatabase();
    database = await PostgresDatabase.create({ pool: url, listener: url });
    store = await PostgresSessionStore.open({
      pool: database.pools[0],
      connectListener: () => connectTo(url),
      deadlineMilliseconds: 20_000,
    });
    holder = await connectTo(url);
  });

  afterAll(async () => {
    store.close();
    await holder.end();
    await database.end();
    await server.stop();
  });

  /** Until so many statements wait for a lock. */
  function untilWaiting(count: number): Promise<unknown> {
    return vi.waitFor(
      async () => {
        const { rows } = await database.pools[1].query(WAITING);
        expect(rows[0].count).toBe(count);
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  async function login(name: string, userKey: string, reading = store.readFence(userKey)) {
    return store.insert(sessionRecordNamed(name, Date.now(), { userKey }), await reading, ONE);
  }

  test("a login waits for its turn, and sees what was done before it", async () => {
    const userKey = userKeyNamed("waits");
    await store.deleteByUser(userKey, "revoked");
    const reading = await store.readFence(userKey);
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM coatcheck_fences WHERE user_key = $1 FOR UPDATE", [userKey]);
    const waiting = store.insert(sessionRecordNamed("second", Date.now(), { userKey }), reading, ONE);
    await untilWaiting(1);
    // What another login in its turn does: it takes the only place.
    await holder.query(`INSERT INTO coatcheck_sessions SELECT ($1::coatcheck_sessions).* FROM (SELECT 1) AS one`, [
      rowNamed("first", userKey),
    ]);
    await holder.query("COMMIT");
    expect(await waiting).toEqual({ outcome: "session_limit_reached" });
    expect(await store.listByUser(userKey)).toHaveLength(1);
  });

  test("a login that waited for a revoke-all is refused by its fence", async () => {
    const userKey = userKeyNamed("fenced");
    await store.deleteByUser(userKey, "revoked");
    const reading = await store.readFence(userKey);
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM coatcheck_fences WHERE user_key = $1 FOR UPDATE", [userKey]);
    const waiting = login("second", userKey, Promise.resolve(reading));
    await untilWaiting(1);
    await holder.query("UPDATE coatcheck_fences SET value = 'another' WHERE user_key = $1", [userKey]);
    await holder.query("COMMIT");
    expect(await waiting).toEqual({ outcome: "login_overtaken" });
  });

  test("the first two logins of a user never exceed the limit", async () => {
    for (let round = 0; round < 20; round += 1) {
      const userKey = userKeyNamed(`first-two-${round}`);
      const logins = await Promise.all(["phone", "laptop", "tablet"].map((name) => login(name, userKey)));
      expect(logins.filter(({ outcome }) => outcome === "inserted")).toHaveLength(1);
    }
  });

  test("a revoke-all of a user who never logged in fences the login under way", async () => {
    const userKey = userKeyNamed("never-before");
    const reading = await store.readFence(userKey);
    await store.deleteByUser(userKey, "revoked");
    expect(await login("phone", userKey, Promise.resolve(reading))).toEqual({ outcome: "login_overtaken" });
  });

  test("a login that makes room spares a session that was used while it waited", async () => {
    const userKey = userKeyNamed("used");
    const two = { maximum: 2, whenFull: "evict" } as const;
    const now = Date.now();
    const reading = await store.readFence(userKey);
    for (const [name, lastSeenAt] of [
      ["older", now - 2_000],
      ["newer", now - 1_000],
    ] as const) {
      await store.insert({ ...sessionRecordNamed(name, now, { userKey }), lastSeenAt }, reading, two);
    }
    const [older, newer, third] = ["older", "newer", "third"].map((name) => sessionRecordNamed(name, now, { userKey }));
    if (older === undefined || newer === undefined || third === undefined) throw new Error("There are three.");
    await holder.query("BEGIN");
    await holder.query(
      "UPDATE coatcheck_sessions SET last_seen_at = $3, version = 2 WHERE user_key = $1 AND session_id = $2",
      [userKey, older.sessionId, now],
    );
    const waiting = store.insert(third, reading, two);
    await untilWaiting(1);
    await holder.query("COMMIT");
    const removed = [{ userKey, sessionId: newer.sessionId, userId: newer.userId, reason: "evicted" }];
    expect(await waiting).toEqual({ outcome: "inserted", removed });
    expect(await store.find(older)).not.toBeNull();
  });

  test("a session whose deadline moved while a login waited has not expired", async () => {
    const userKey = userKeyNamed("moved-deadline");
    const now = Date.now();
    const reading = await store.readFence(userKey);
    const phone = sessionRecordNamed("phone", now - 600_000, { userKey });
    await store.insert({ ...phone, idleDeadline: now - 1_000 }, reading, ONE);
    await holder.query("BEGIN");
    await holder.query("UPDATE coatcheck_sessions SET idle_deadline = $2, version = 2 WHERE user_key = $1", [
      userKey,
      now + 3_600_000,
    ]);
    const waiting = login("laptop", userKey, Promise.resolve(reading));
    await untilWaiting(1);
    await holder.query("COMMIT");
    expect(await waiting).toEqual({ outcome: "session_limit_reached" });
    expect(await store.listByUser(userKey)).toHaveLength(1);
  });

  test("a process that freezes in its turn keeps the user locked no longer than its deadline", async () => {
    const userKey = userKeyNamed("frozen");
    const reading = await store.readFence(userKey);
    const client = await connectTo(database.urls.pool);
    const frozen = await PostgresSessionStore.open({
      pool: freezingPool(client, /FROM coatcheck_sessions/),
      connectListener: () => connectTo(database.urls.listener),
      deadlineMilliseconds: 500,
    });
    const insert = frozen.insert(sessionRecordNamed("phone", Date.now(), { userKey }), reading, ONE);
    await expect(insert).rejects.toMatchObject({ code: "store_unavailable" });
    expect(await store.deleteByUser(userKey, "revoked")).toEqual([]);
    expect(await login("laptop", userKey)).toEqual({ outcome: "inserted", removed: [] });
    await client.end();
  });

  test("a sweep does not wait for a user whose turn it is, and takes no row away that is locked", async () => {
    const userKey = userKeyNamed("swept");
    await store.deleteByUser(userKey, "revoked");
    await database.pools[1].query("UPDATE coatcheck_fences SET valid_until = 0");
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM coatcheck_fences WHERE user_key = $1 FOR UPDATE", [userKey]);
    await store.deleteExpired(10);
    const { rows } = await database.pools[1].query("SELECT user_key FROM coatcheck_fences");
    expect(rows).toEqual([{ user_key: userKey }]);
    await holder.query("COMMIT");
    await store.deleteExpired(10);
    expect((await database.pools[1].query("SELECT user_key FROM coatcheck_fences")).rows).toEqual([]);
  });

  test("a login whose row a sweep takes away makes another", async () => {
    const userKey = userKeyNamed("taken-away");
    await store.deleteByUser(userKey, "revoked");
    const reading = await store.readFence(userKey);
    await holder.query("BEGIN");
    await holder.query("DELETE FROM coatcheck_fences WHERE user_key = $1", [userKey]);
    const waiting = login("phone", userKey, Promise.resolve(reading));
    await untilWaiting(1);
    await holder.query("COMMIT");
    expect((await waiting).outcome).toBe("inserted");
    const { rows } = await database.pools[1].query("SELECT 1 FROM coatcheck_fences WHERE user_key = $1", [userKey]);
    expect(rows).toHaveLength(1);
  });
});

/** A pool of one connection, which sends nothing any more, and is not closed either, from a chosen statement on. */
function freezingPool(client: Client, statement: RegExp): PostgresPool {
  let isFrozen = false;
  return {
    connect: async () => ({
      query(query) {
        isFrozen ||= statement.test(query.text);
        return isFrozen ? new Promise(() => {}) : client.query(query);
      },
      release() {},
      on: (event, listener) => client.on(event, listener),
      off: (event, listener) => client.off(event, listener),
    }),
  };
}

/** A row as a text of Postgres's own, for a session that lives for an hour. */
function rowNamed(name: string, userKey: string): string {
  const { sessionId, userId, createdAt, lastSeenAt, idleDeadline, absoluteDeadline, lineageDigest, csrfKey, current } =
    sessionRecordNamed(name, Date.now(), { userKey });
  const times = [createdAt, lastSeenAt, idleDeadline, absoluteDeadline];
  const secrets = [lineageDigest, csrfKey, current.digest, current.issuedAt, current.authenticatedAt];
  return `(${[userKey, sessionId, userId, ...times, 1, false, ...secrets, "", "", "[]", '"{}"', '"{}"'].join(",")})`;
}
