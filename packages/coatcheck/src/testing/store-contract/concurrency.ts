import { deepEqual, equal } from "node:assert/strict";
import type { SessionLimit } from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";
import { inManyOrders, instance } from "./many-orders.ts";
import { ADA, type ContractTests, HUNDRED, namesOf, removedAs } from "./store-bench.ts";

const HOUR = 3_600_000;

/** Calls that meet. Whatever the order was in which the store took them, some results are never right. */
export function concurrencyContract({ test }: ContractTests): void {
  test("as many parallel logins as the limit allows lose none", async (bench) => {
    const records = Array.from({ length: HUNDRED.maximum }, (_, index) => bench.record(`number-${index}`));
    const reading = await bench.store.readFence(ADA);
    const outcomes = await Promise.all(
      records.map((record, index) => instance(bench, index).insert(record, reading, HUNDRED)),
    );
    deepEqual(
      outcomes,
      records.map(() => ({ outcome: "inserted", removed: [] })),
    );
    deepEqual(inAnyOrder(await bench.store.listByUser(ADA)), inAnyOrder(records));
  });

  for (const whenFull of ["evict", "refuse"] as const) {
    test(`parallel logins never exceed the limit of a policy to ${whenFull}`, async (bench) => {
      const limit: SessionLimit = { maximum: 3, whenFull };
      const reading = await bench.store.readFence(ADA);
      const records = Array.from({ length: 10 }, (_, index) => bench.record(`number-${index}`));
      const outcomes = await Promise.all(
        records.map((record, index) => instance(bench, index).insert(record, reading, limit)),
      );
      const stored = records.filter((_, index) => outcomes[index]?.outcome === "inserted");
      const removed = outcomes.flatMap((outcome) => (outcome.outcome === "inserted" ? outcome.removed : []));
      equal(stored.length, whenFull === "evict" ? 10 : 3);
      equal((await bench.sessionsOf(ADA)).length, 3);
      // Each was evicted once or is still there: none was lost, none is there twice.
      deepEqual([...(await bench.sessionsOf(ADA)), ...namesOf(removed)].sort(), namesOf(stored));
    });
  }

  test("of parallel inserts under one id one is stored", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    const records = Array.from({ length: 6 }, (_, index) => bench.record("phone", { data: { index } }));
    const outcomes = await Promise.all(
      records.map((record, index) => instance(bench, index).insert(record, reading, HUNDRED)),
    );
    const stored = records.filter((_, index) => outcomes[index]?.outcome === "inserted");
    equal(outcomes.filter(({ outcome }) => outcome === "id_unavailable").length, 5);
    deepEqual(await bench.store.listByUser(ADA), stored);
  });

  test("of parallel updates that expect one version one is applied", async (bench) => {
    const record = await bench.login("phone");
    const applied = await Promise.all(
      Array.from({ length: 6 }, (_, index) => instance(bench, index).update(record, { data: { index } }, 1)),
    );
    equal(applied.filter(Boolean).length, 1);
    deepEqual(await bench.store.find(record), { ...record, data: { index: applied.indexOf(true) }, version: 2 });
  });

  test("of parallel deletes one removes the session, and it is published once", async (bench) => {
    const watch = await bench.watch();
    const record = await bench.login("phone");
    const removals = await Promise.all([
      ...Array.from({ length: 4 }, (_, index) => instance(bench, index).delete(record, "revoked")),
      ...Array.from({ length: 4 }, (_, index) => instance(bench, index).deleteByUser(ADA, "revoked")),
    ]);
    const removed = removals.flat().filter((removal) => removal !== null);
    deepEqual(removed, [removedAs(record, "revoked")]);
    await bench.requirePublished(watch, removed);
  });

  test("no touch, rotation or data write that races a delete revives the session", async (bench) => {
    await inManyOrders(async (round, order) => {
      const record = await bench.login(`round-${round}`, {}, HUNDRED);
      await order([
        (store) =>
          store.update(record, { lastSeenAt: record.lastSeenAt + 1, idleDeadline: record.idleDeadline + HOUR }, 1),
        (store) => store.update(record, { pending: { ...record.current, attempt: 1 } }, 1),
        (store) => store.update(record, { data: { written: true } }, 1),
        (store) => store.delete(record, "logged_out"),
        (store) => store.update(record, { data: { written: true } }, 2),
      ]);
      deepEqual(await bench.store.find(record), null);
      equal(await bench.store.update(record, { data: { late: true } }, 2), false);
      deepEqual(await bench.sessionsOf(ADA), []);
    }, bench);
  });

  test("nothing that began before a deleteByUser outlives it, however logins and updates race it", async (bench) => {
    await inManyOrders(async (round, order) => {
      const before = await bench.login(`before-${round}`);
      const reading = await bench.store.readFence(ADA);
      await order([
        (store) => store.insert(bench.record(`one-${round}`), reading, HUNDRED),
        (store) => store.update(before, { pending: { ...before.current, attempt: 1 } }, 1),
        (store) => store.deleteByUser(ADA, "revoked"),
        (store) => store.update(before, { lastSeenAt: before.lastSeenAt + 1 }, 2),
        (store) => store.insert(bench.record(`two-${round}`), reading, HUNDRED),
        (store) => store.update(before, { lastSeenAt: before.lastSeenAt + 1 }, 1),
      ]);
      deepEqual(await bench.sessionsOf(ADA), []);
    }, bench);
  });

  test("an insert sent again never comes after the removal of its session", async (bench) => {
    await inManyOrders(async (round, order) => {
      const reading = await bench.store.readFence(ADA);
      const record = bench.record(`round-${round}`);
      await bench.store.insert(record, reading, HUNDRED);
      await order([
        (store) => store.insert(record, reading, HUNDRED),
        (store) => store.delete(record, "logged_out"),
        (store) => store.insert(record, reading, HUNDRED),
      ]);
      deepEqual(await bench.sessionsOf(ADA), []);
    }, bench);
  });

  test("of two parallel deleteByUser that spare different sessions, none is left", async (bench) => {
    const [phone, laptop] = [await bench.login("phone"), await bench.login("laptop")];
    const removed = await Promise.all([
      bench.store.deleteByUser(ADA, "revoked", { except: phone.sessionId }),
      bench.peer.deleteByUser(ADA, "revoked", { except: laptop.sessionId }),
    ]);
    deepEqual(namesOf(removed.flat()), ["laptop", "phone"]);
    deepEqual(await bench.sessionsOf(ADA), []);
  });
}
