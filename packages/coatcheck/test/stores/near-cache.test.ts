import { SessionManager } from "coatcheck";
import type { SessionRecord, SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import { type CreateStore, sessionRecordNamed, storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const runner = { describe, test };

/** Two caches over one store, as two processes would have them. */
const createStore: CreateStore = async (clock) => {
  const shared = new MemorySessionStore({ clock });
  const [store, peer] = [new NearCacheSessionStore({ store: shared }), new NearCacheSessionStore({ store: shared })];
  return {
    store,
    peer,
    async close() {
      for (const cache of [store, peer]) cache.close();
    },
  };
};

storeContract({ runner, createStore, clock: "given" });
storeModelTest({ runner, fc, createStore, runs: 200 });

describe("a near-cache", () => {
  for (const options of [
    { maxStalenessMilliseconds: 0 },
    { maxStalenessMilliseconds: 60_001 },
    { maxStalenessMilliseconds: 1.5 },
    { maximumEntries: 0 },
  ]) {
    test(`is not made with ${JSON.stringify(options)}`, () => {
      expect(() => new NearCacheSessionStore({ store: new MemorySessionStore(), ...options })).toThrow(
        expect.objectContaining({ code: "invalid_configuration" }),
      );
    });
  }

  describe("that settles", () => {
    const BOUND = 50;
    const [phone, laptop] = ["phone", "laptop"].map((name) => sessionRecordNamed(name, Date.now())) as [
      SessionRecord,
      SessionRecord,
    ];
    const login = async (store: SessionStore, record: SessionRecord) =>
      store.insert(record, await store.readFence(record.userKey), { maximum: 1, whenFull: "evict" });
    const timed = async (call: () => Promise<unknown>) => {
      const start = performance.now();
      await call();
      return performance.now() - start;
    };
    const settling = (maxStalenessMilliseconds: number) =>
      new NearCacheSessionStore({ store: new MemorySessionStore(), maxStalenessMilliseconds, settle: true });

    test.each<readonly [string, (store: SessionStore) => Promise<unknown>]>([
      ["a delete", (store) => store.delete(phone, "logged_out")],
      ["a delete that finds nothing", (store) => store.delete(laptop, "logged_out")],
      ["a deleteByUser", (store) => store.deleteByUser(phone.userKey, "revoked")],
      ["an insert that makes room", (store) => login(store, laptop)],
    ])("returns from %s only when no copy can be young enough any more", async (_name, revoke) => {
      const store = settling(BOUND);
      await login(store, phone);
      expect(await timed(() => revoke(store))).toBeGreaterThan(BOUND);
    });

    test("lets a login that ends nothing return at once", async () => {
      expect((await login(settling(60_000), phone)).outcome).toBe("inserted");
    });
  });

  test("holds no more records than it may, and lets go of the least recently used", async () => {
    const shared = new MemorySessionStore();
    const store = new NearCacheSessionStore({ store: shared, maximumEntries: 2 });
    const now = Date.now();
    const records = ["phone", "laptop", "tablet"].map((name) => sessionRecordNamed(name, now));
    const [phone, laptop, tablet] = records;
    if (phone === undefined || laptop === undefined || tablet === undefined) throw new Error("There are three.");
    for (const record of records) {
      await shared.insert(record, await shared.readFence(record.userKey), { maximum: 9, whenFull: "evict" });
    }
    await store.find(phone);
    await store.find(laptop);
    expect(store.findCopy(phone)).not.toBe(null);
    await store.find(tablet);
    expect(store.findCopy(laptop)).toBe(null);
    expect(store.findCopy(phone)).not.toBe(null);
    expect(store.findCopy(tablet)).not.toBe(null);
  });

  test("gives no copy to another user who names the session", async () => {
    const shared = new MemorySessionStore();
    const store = new NearCacheSessionStore({ store: shared });
    const record = sessionRecordNamed("phone", Date.now());
    await shared.insert(record, await shared.readFence(record.userKey), { maximum: 9, whenFull: "evict" });
    await store.find(record);
    expect(store.findCopy({ ...record, userKey: "grace---------------" })).toBe(null);
    expect(store.findCopy(record)).not.toBe(null);
  });

  test("spares the store the read of a request, and not what a copy may not answer", async () => {
    const shared = new MemorySessionStore();
    let reads = 0;
    const find = shared.find.bind(shared);
    shared.find = (reference) => {
      reads += 1;
      return find(reference);
    };
    const sessions = new SessionManager({ store: new NearCacheSessionStore({ store: shared }) });
    const login = await sessions.login(await sessions.begin("ada"), { fresh: false });
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    for (let request = 0; request < 3; request += 1) {
      expect((await sessions.authenticate(login.token)).status).toBe("authenticated");
    }
    expect(reads).toBe(1);
    await sessions.logout(login.authentication);
    expect((await sessions.authenticate(login.token)).status).toBe("unauthenticated");
  });
});
