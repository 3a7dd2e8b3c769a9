import type { ChannelListener, EndReason, RemovedSession, SessionRecord, SessionReference } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { sessionRecordNamed } from "coatcheck/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RevocationMemory } from "../../src/core/revocation-memory.ts";

const MEMORY_MILLISECONDS = 300_000;
const TICK_MILLISECONDS = 5_000;
const LIMIT = { maximum: 100, whenFull: "evict" } as const;

/** A store on which a test undoes removals, as a failover to a copy that lags behind does. */
class ForgetfulStore extends MemorySessionStore {
  readonly deletions: string[] = [];
  isDown = false;
  tell: (removed: RemovedSession) => void = () => {};
  report: ChannelListener = () => {};
  #cameBack = new Map<string, SessionRecord>();

  comeBack(record: SessionRecord): void {
    this.#cameBack.set(record.sessionId, record);
  }

  override subscribe(listener: (removed: RemovedSession) => void, onChannel: ChannelListener = () => {}) {
    this.tell = listener;
    this.report = onChannel;
    return () => {};
  }

  override async find(reference: SessionReference) {
    return this.#cameBack.get(reference.sessionId) ?? super.find(reference);
  }

  override async update(...call: Parameters<MemorySessionStore["update"]>) {
    return this.#cameBack.has(call[0].sessionId) || super.update(...call);
  }

  override async listByUser(userKey: string) {
    return [...(await super.listByUser(userKey)), ...this.#cameBack.values()];
  }

  override async delete(reference: SessionReference, reason: EndReason) {
    this.deletions.push(reference.sessionId);
    if (this.isDown) throw new Error("The store is down.");
    const record = this.#cameBack.get(reference.sessionId);
    this.#cameBack.delete(reference.sessionId);
    const removed = await super.delete(reference, reason);
    if (record === undefined) return removed;
    return { userKey: record.userKey, sessionId: record.sessionId, userId: record.userId, reason };
  }
}

describe("the memory of revocations", () => {
  let store: ForgetfulStore;
  let memory: RevocationMemory;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    store = new ForgetfulStore();
    memory = new RevocationMemory(store);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  async function login(name: string): Promise<SessionRecord> {
    const record = sessionRecordNamed(name, Date.now());
    await memory.insert(record, await memory.readFence(record.userKey), LIMIT);
    return record;
  }

  async function expectRefused(record: SessionRecord): Promise<void> {
    expect(await memory.find(record)).toBe(null);
    expect(await memory.update(record, { data: {} }, 1)).toBe(false);
    const listed = await memory.listByUser(record.userKey);
    expect(listed.map(({ sessionId }) => sessionId)).not.toContain(record.sessionId);
  }

  async function pass(milliseconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(milliseconds);
  }

  function heard(record: SessionRecord, reason: EndReason = "revoked"): void {
    store.tell({ userKey: record.userKey, sessionId: record.sessionId, userId: record.userId, reason });
  }

  const ends: Record<string, (record: SessionRecord) => Promise<unknown>> = {
    delete: (record) => memory.delete(record, "logged_out"),
    deleteByUser: (record) => memory.deleteByUser(record.userKey, "revoked"),
    "a login that evicts": async (record) => {
      const next = sessionRecordNamed("next", Date.now());
      await memory.insert(next, await memory.readFence(record.userKey), { maximum: 1, whenFull: "evict" });
    },
    "a login that replaces": async (record) => {
      const next = sessionRecordNamed("next", Date.now());
      const { sessionId: replaces } = record;
      await memory.insert(next, await memory.readFence(record.userKey), LIMIT, { replaces });
    },
    "another process": async (record) => heard(record),
  };

  for (const [name, end] of Object.entries(ends)) {
    test(`refuses what ${name} ended, although the store has it again`, async () => {
      const record = await login("phone");
      expect(await memory.find(record)).not.toBe(null);
      await end(record);
      store.comeBack(record);
      await expectRefused(record);
    });
  }

  test("refuses a session whose removal is heard of while it is being read", async () => {
    const record = await login("phone");
    const reading = memory.find(record);
    const updating = memory.update(record, { data: {} }, 1);
    heard(record);
    expect(await reading).toBe(null);
    expect(await updating).toBe(false);
  });

  test("refuses it for five minutes, and no longer", async () => {
    const record = await login("phone");
    heard(record);
    store.comeBack(record);
    await pass(MEMORY_MILLISECONDS - 1);
    expect(await memory.find(record)).toBe(null);
    await pass(TICK_MILLISECONDS);
    expect(await memory.find(record)).toBe(record);
  });

  test("removes what this process ended once more before it is forgotten", async () => {
    const record = await login("phone");
    await memory.delete(record, "logged_out");
    store.comeBack(record);
    await pass(MEMORY_MILLISECONDS - TICK_MILLISECONDS);
    expect(store.deletions).toHaveLength(1);
    await pass(2 * TICK_MILLISECONDS);
    expect(store.deletions).toEqual([record.sessionId, record.sessionId]);
    expect(await store.find(record)).toBe(null);
  });

  test("leaves it to the process that ended a session to make sure of it", async () => {
    heard(await login("phone"));
    await pass(MEMORY_MILLISECONDS + TICK_MILLISECONDS);
    expect(store.deletions).toEqual([]);
  });

  test("removes everything it remembers again after an interruption, heard of or its own", async () => {
    const [own, other] = [await login("phone"), await login("laptop")];
    store.report("open");
    await memory.delete(own, "logged_out");
    heard(other);
    expect(store.deletions).toEqual([own.sessionId]);
    store.report("interrupted");
    for (const record of [own, other]) store.comeBack(record);
    store.report("open");
    await pass(0);
    for (const record of [own, other]) expect(await store.find(record)).toBe(null);
    expect(store.deletions).toHaveLength(3);
  });

  test("goes on refusing what could not be removed again, and tries again", async () => {
    const record = await login("phone");
    await memory.delete(record, "logged_out");
    store.comeBack(record);
    store.isDown = true;
    store.report("interrupted");
    store.report("open");
    await pass(MEMORY_MILLISECONDS + 10 * TICK_MILLISECONDS);
    expect(await memory.find(record)).toBe(null);
    expect(store.deletions.length).toBeGreaterThan(2);
    store.isDown = false;
    await pass(TICK_MILLISECONDS);
    expect(await store.find(record)).toBe(null);
  });

  test("remembers a session for another five minutes when it had come back", async () => {
    const record = await login("phone");
    await memory.delete(record, "logged_out");
    store.comeBack(record);
    await pass(MEMORY_MILLISECONDS);
    await pass(TICK_MILLISECONDS);
    heard(record);
    store.comeBack(record);
    await pass(MEMORY_MILLISECONDS - 1);
    expect(await memory.find(record)).toBe(null);
  });

  test("does not remember what has expired: its deadlines refuse it", async () => {
    const record = await login("phone");
    heard(record, "expired");
    expect(await memory.find(record)).not.toBe(null);
  });

  test("does not remember what was never there: naming random ids fills nothing", async () => {
    const record = sessionRecordNamed("stranger", Date.now());
    await memory.delete(record, "revoked");
    store.comeBack(record);
    expect(await memory.find(record)).toBe(record);
  });

  test("does not remember a removal that failed: no caller was told that it is done", async () => {
    const record = await login("phone");
    store.isDown = true;
    await expect(memory.delete(record, "logged_out")).rejects.toThrow("The store is down.");
    expect(await memory.find(record)).not.toBe(null);
  });

  test("forgets the oldest beyond a hundred thousand", async () => {
    const [oldest, second] = [await login("oldest"), await login("second")];
    heard(oldest);
    heard(second);
    for (let number = 0; number < 99_999; number += 1) heard({ ...oldest, sessionId: String(number) });
    expect(await memory.find(oldest)).not.toBe(null);
    expect(await memory.find(second)).toBe(null);
  });

  test("refuses copies too, and offers them only where the store does", async () => {
    const record = await login("phone");
    expect(memory.findCopy).toBe(undefined);
    const copying = new RevocationMemory(Object.assign(store, { findCopy: () => record }));
    expect(copying.findCopy?.(record)).toBe(record);
    heard(record);
    expect(copying.findCopy?.(record)).toBe(null);
  });

  test("keeps no timer when there is nothing to remember", async () => {
    heard(await login("phone"));
    expect(vi.getTimerCount()).toBe(1);
    await pass(MEMORY_MILLISECONDS + 2 * TICK_MILLISECONDS);
    expect(vi.getTimerCount()).toBe(0);
  });
});
