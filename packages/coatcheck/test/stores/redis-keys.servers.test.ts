import { randomBytes } from "node:crypto";
import { missingProgram, redisForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { FENCE_LIFETIME_SECONDS, type SessionRecord } from "coatcheck/store";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { ManualClock, sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openSubscription } from "../../src/testing/open-subscription.ts";

const HOUR = 3_600_000;
const limit = { maximum: 100, whenFull: "evict" } as const;

describe.skipIf(missingProgram("redis-server", "TEST_REDIS_URL"))("what the store keeps in Redis", () => {
  let server: ServerForTests;
  let client: Redis;
  let clock: ManualClock;
  let prefix: string;
  let store: RedisSessionStore;

  beforeAll(async () => {
    server = await redisForTests();
    client = new Redis(server.url, ioredisOptions);
  });

  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    prefix = `${randomBytes(6).toString("hex")}*[:`;
    store = await RedisSessionStore.open({ client, prefix, testClock: clock });
  });

  const keyOf = (name: string) => prefix + userKeyNamed(name);

  async function login(name: string, fields: Partial<SessionRecord> = {}): Promise<SessionRecord> {
    const record = sessionRecordNamed(name, clock.now(), fields);
    const result = await store.insert(record, await store.readFence(record.userKey), limit);
    expect(result.outcome).toBe("inserted");
    return record;
  }

  async function expectToLive(milliseconds: number): Promise<void> {
    const remaining = await client.pttl(keyOf("ada"));
    expect(remaining).toBeGreaterThan(milliseconds - 60_000);
    expect(remaining).toBeLessThanOrEqual(milliseconds + 600_000);
  }

  test("is one hash for each user, and nothing else", async () => {
    await login("phone");
    await login("laptop");
    await login("phone-of-grace", { userKey: userKeyNamed("grace") });
    await store.deleteByUser(userKeyNamed("joan"), "revoked");
    const keys = (await client.keys("*")).filter((key) => key.startsWith(prefix));
    expect(keys.sort()).toEqual([keyOf("ada"), keyOf("grace"), keyOf("joan")].sort());
    for (const key of keys) expect(await client.type(key)).toBe("hash");
  });

  test("goes when the last session of the user is gone", async () => {
    clock.advanceSeconds(-2 * FENCE_LIFETIME_SECONDS);
    const record = await login("phone");
    clock.advanceSeconds(2 * FENCE_LIFETIME_SECONDS);
    await store.delete(record, "logged_out");
    expect(await client.exists(keyOf("ada"))).toBe(0);
  });

  test("keeps a key for as long as the longest session in it", async () => {
    await login("phone", { idleDeadline: clock.now() + 20 * HOUR });
    await expectToLive(20 * HOUR);
    await login("laptop", { idleDeadline: clock.now() + HOUR });
    await expectToLive(20 * HOUR);
  });

  test("keeps a key for longer when a session is extended", async () => {
    const record = await login("phone", { idleDeadline: clock.now() + HOUR });
    await store.update(record, { idleDeadline: clock.now() + 5 * HOUR }, 1);
    await expectToLive(5 * HOUR);
  });

  test("keeps a key for as long as its fence, and no less for the session beside it", async () => {
    const spared = await login("phone", { idleDeadline: clock.now() + 3 * HOUR });
    await store.deleteByUser(userKeyNamed("ada"), "revoked", { except: spared.sessionId });
    await expectToLive(3 * HOUR);
    await store.deleteByUser(userKeyNamed("ada"), "revoked");
    await store.deleteByUser(userKeyNamed("grace"), "revoked");
    expect(await client.pttl(keyOf("grace"))).toBeGreaterThan(FENCE_LIFETIME_SECONDS * 1_000 - 60_000);
  });

  test("holds no fence and no tombstone for longer than they are good for, once the user logs in again", async () => {
    await store.delete(await login("phone"), "logged_out");
    await store.deleteByUser(userKeyNamed("ada"), "revoked");
    clock.advanceSeconds(FENCE_LIFETIME_SECONDS);
    const record = await login("laptop");
    expect(await client.hkeys(keyOf("ada"))).toEqual([record.sessionId]);
  });

  test("is swept where it lies, whatever the prefix looks like", async () => {
    await login("phone", { idleDeadline: clock.now() + 1_000 });
    const laptop = await login("laptop");
    clock.advanceSeconds(700);
    expect((await store.deleteExpired(10)).map(({ reason }) => reason)).toEqual(["expired"]);
    expect(await client.hkeys(keyOf("ada"))).toEqual([laptop.sessionId]);
  });

  test("is found again when Redis has forgotten the scripts", async () => {
    const record = await login("phone");
    await client.script("FLUSH");
    expect(await store.update(record, { data: { theme: "dark" } }, 1)).toBe(true);
    await client.script("FLUSH");
    expect((await store.listByUser(record.userKey)).map(({ data }) => data)).toEqual([{ theme: "dark" }]);
  });

  test("is heard of when it goes, although another client publishes nonsense", async () => {
    const heard: string[] = [];
    const unsubscribe = await openSubscription(store, ({ sessionId }) => heard.push(sessionId));
    const nonsense = ["nonsense", "null", "{}", "[]", '["key",[1]]', '["key",[["fence","revoked","ada"]]]'];
    for (const message of nonsense) await client.publish(`${prefix}removed`, message);
    const record = await login("phone");
    await store.delete(record, "revoked");
    await vi.waitFor(() => expect(heard).toEqual([record.sessionId]), { timeout: 15_000 });
    unsubscribe();
  });

  test("can be asked for as soon as the store is open, however young the connection", async () => {
    for (let round = 0; round < 50; round += 1) {
      const young = new Redis(server.url, ioredisOptions);
      const opened = await RedisSessionStore.open({ client: young, prefix });
      await expect(opened.find(sessionRecordNamed("nobody", 0))).resolves.toBe(null);
      young.disconnect();
    }
  });

  test("is not read as a session when another version wrote it", async () => {
    const record = await login("phone");
    await client.hset(keyOf("ada"), record.sessionId, "\u0007 a session of another kind");
    await expect(store.find(record)).rejects.toMatchObject({ code: "store_schema_unsupported" });
  });
});

describe("a store on Redis is refused", () => {
  const unreachable = { port: 1, lazyConnect: true, retryStrategy: () => null };

  test("with a prefix that would crowd one slot of a cluster", async () => {
    const client = new Redis({ ...unreachable, ...ioredisOptions });
    const opening = RedisSessionStore.open({ client, prefix: "{coatcheck}:" });
    await expect(opening).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  for (const option of ["enableOfflineQueue", "autoResendUnfulfilledCommands"]) {
    test(`with an ioredis client that has ${option}`, async () => {
      const client = new Redis({ ...unreachable, ...ioredisOptions, [option]: true });
      const opening = RedisSessionStore.open({ client });
      await expect(opening).rejects.toMatchObject({ code: "invalid_configuration" });
    });
  }

  for (const deadlineMilliseconds of [0, 1.5, 60_001, Number.NaN]) {
    test(`with a deadline of ${deadlineMilliseconds} ms`, async () => {
      const client = new Redis({ ...unreachable, ...ioredisOptions });
      const opening = RedisSessionStore.open({ client, deadlineMilliseconds });
      await expect(opening).rejects.toMatchObject({ code: "invalid_configuration" });
    });
  }

  test("while Redis does not answer", async () => {
    const client = new Redis({ ...unreachable, ...ioredisOptions });
    client.on("error", () => {});
    await expect(RedisSessionStore.open({ client })).rejects.toMatchObject({ code: "store_unavailable" });
  });
});
