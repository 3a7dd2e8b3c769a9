import { deepEqual } from "node:assert/strict";
import type { SessionRecord } from "../../core/session-record.ts";
import {
  FENCE_LIFETIME_SECONDS,
  MAXIMUM_LOGIN_SECONDS,
  type SessionLimit,
  TOLERATED_CLOCK_STEP_SECONDS,
} from "../../core/session-store.ts";
import { ADA, type ContractTests, GRACE, inserted, type StoreBench } from "./store-bench.ts";

const ONE: SessionLimit = { maximum: 1, whenFull: "evict" };

const removals: readonly {
  readonly after: string;
  remove(bench: StoreBench, record: SessionRecord): Promise<unknown>;
}[] = [
  { after: "a delete", remove: ({ store }, record) => store.delete(record, "logged_out") },
  { after: "a deleteByUser", remove: ({ store }) => store.deleteByUser(ADA, "revoked") },
  { after: "an eviction", remove: (bench) => bench.login("newer", {}, ONE) },
];

/** An insert whose answer was lost may still be under way: it must not bring back what was removed meanwhile. */
export function tombstoneContract({ test, timedTest }: ContractTests): void {
  for (const { after, remove } of removals) {
    test(`an insert sent again after ${after} brings nothing back`, async (bench) => {
      const record = await bench.login("phone");
      await remove(bench, record);
      // With a fresh reading, so that no fence does the work of the tombstone.
      deepEqual(await bench.insert(record), { outcome: "id_unavailable" });
      deepEqual(await bench.store.find(record), null);
    });

    timedTest(`the tombstone that is left by ${after} has a fence's lifetime`, async (bench) => {
      const record = await bench.login("phone");
      await remove(bench, record);
      bench.clock.advanceSeconds(FENCE_LIFETIME_SECONDS - 0.001);
      await bench.store.deleteExpired(100);
      deepEqual(await bench.insert(record), { outcome: "id_unavailable" });
      bench.clock.advanceSeconds(1);
      deepEqual(await bench.insert(record), inserted());
    });
  }

  timedTest("an insert sent again after its session was removed as expired brings nothing back", async (bench) => {
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    bench.clock.advanceSeconds(20);
    await bench.login("laptop");
    deepEqual(await bench.sessionsOf(ADA), ["laptop"]);
    deepEqual(await bench.insert(record), { outcome: "id_unavailable" });
  });

  timedTest("a session removed late in a fence's lifetime leaves a tombstone too", async (bench) => {
    const record = await bench.login("phone");
    bench.clock.advanceSeconds(FENCE_LIFETIME_SECONDS - 0.001);
    await bench.store.delete(record, "logged_out");
    deepEqual(await bench.insert(record), { outcome: "id_unavailable" });
  });

  timedTest("a tombstone outlives the insert under way also when the clock steps back", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    const record = await bench.login("phone");
    bench.clock.advanceSeconds(-TOLERATED_CLOCK_STEP_SECONDS);
    await bench.store.delete(record, "logged_out");
    bench.clock.advanceSeconds(TOLERATED_CLOCK_STEP_SECONDS + MAXIMUM_LOGIN_SECONDS);
    deepEqual(await bench.insert(record, reading), { outcome: "id_unavailable" });
  });

  timedTest("a tombstone does not go with the user's last session", async (bench) => {
    const buried = await bench.login("phone");
    const last = await bench.login("laptop");
    await bench.store.delete(buried, "logged_out");
    bench.clock.advanceSeconds(1);
    await bench.store.delete(last, "logged_out");
    await bench.store.deleteExpired(100);
    deepEqual(await bench.insert(buried), { outcome: "id_unavailable" });
  });

  test("a tombstone holds its id for one user only", async (bench) => {
    await bench.store.delete(await bench.login("phone"), "logged_out");
    deepEqual(await bench.insert(bench.record("phone", { userKey: GRACE })), inserted());
  });

  test("an id that was removed before any insert of it is not held", async (bench) => {
    const record = bench.record("phone");
    deepEqual(await bench.store.delete(record, "logged_out"), null);
    deepEqual(await bench.insert(record), inserted());
  });
}
