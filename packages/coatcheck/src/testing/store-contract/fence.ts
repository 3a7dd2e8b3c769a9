import { deepEqual, equal, notEqual } from "node:assert/strict";
import {
  FENCE_LIFETIME_SECONDS,
  MAXIMUM_LOGIN_SECONDS,
  TOLERATED_CLOCK_STEP_SECONDS,
} from "../../core/session-store.ts";
import { ADA, type ContractTests, GRACE, inserted } from "./store-bench.ts";

/** Revoke-all ends also the logins that it overtakes, and nothing else. */
export function fenceContract({ test, timedTest }: ContractTests): void {
  test("an unknown user has no fence", async ({ store }) => {
    equal((await store.readFence(ADA)).fence, null);
  });

  timedTest("a reading carries the store's time", async ({ store, clock }) => {
    equal((await store.readFence(ADA)).readAt, clock.now());
  });

  test("a deleteByUser between reading and insert refuses the insert", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    await bench.store.deleteByUser(ADA, "revoked");
    deepEqual(await bench.insert(bench.record("late"), reading), { outcome: "login_overtaken" });
    deepEqual(await bench.sessionsOf(ADA), []);
  });

  test("a deleteByUser that spares a session refuses the logins that it overtakes all the same", async (bench) => {
    const { sessionId } = await bench.login("spared");
    const reading = await bench.store.readFence(ADA);
    await bench.store.deleteByUser(ADA, "revoked", { except: sessionId });
    deepEqual(await bench.insert(bench.record("late"), reading), { outcome: "login_overtaken" });
  });

  test("a login that begins after a deleteByUser is not refused", async (bench) => {
    await bench.store.deleteByUser(ADA, "revoked");
    deepEqual(await bench.insert(bench.record("new")), inserted());
  });

  test("every deleteByUser raises another fence: a login that saw the one before is refused", async (bench) => {
    await bench.store.deleteByUser(ADA, "revoked");
    const reading = await bench.store.readFence(ADA);
    await bench.store.deleteByUser(ADA, "revoked");
    notEqual((await bench.store.readFence(ADA)).fence, reading.fence);
    deepEqual(await bench.insert(bench.record("late"), reading), { outcome: "login_overtaken" });
  });

  test("the fences of two users are never the same, and neither opens the other", async (bench) => {
    await bench.store.deleteByUser(ADA, "revoked");
    await bench.store.deleteByUser(GRACE, "revoked");
    const reading = await bench.store.readFence(GRACE);
    notEqual((await bench.store.readFence(ADA)).fence, reading.fence);
    deepEqual(await bench.insert(bench.record("foreign"), reading), { outcome: "login_overtaken" });
  });

  test("a deleteByUser fences no other user", async (bench) => {
    const reading = await bench.store.readFence(GRACE);
    await bench.store.deleteByUser(ADA, "revoked");
    deepEqual(await bench.insert(bench.record("phone", { userKey: GRACE }), reading), inserted());
  });

  test("one session's removal is no fence", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    await bench.store.delete(await bench.login("phone"), "logged_out");
    equal((await bench.store.readFence(ADA)).fence, null);
    deepEqual(await bench.insert(bench.record("laptop"), reading), inserted());
  });

  timedTest("a fence lives for its lifetime although no session is left", async ({ store, clock }) => {
    await store.deleteByUser(ADA, "revoked");
    const { fence } = await store.readFence(ADA);
    notEqual(fence, null);
    clock.advanceSeconds(FENCE_LIFETIME_SECONDS - 0.001);
    await store.deleteExpired(100);
    equal((await store.readFence(ADA)).fence, fence);
    clock.advanceSeconds(1);
    equal((await store.readFence(ADA)).fence, null);
  });

  timedTest("a fence outlives the removal of every session that it spared", async (bench) => {
    const { store, clock } = bench;
    const spared = await bench.login("spared", { idleDeadline: clock.now() + 10_000 });
    clock.advanceSeconds(60);
    await store.deleteByUser(ADA, "revoked", { except: spared.sessionId });
    const { fence } = await store.readFence(ADA);
    clock.advanceSeconds(FENCE_LIFETIME_SECONDS - 1);
    equal((await store.deleteExpired(100)).length, 1);
    notEqual(fence, null);
    equal((await store.readFence(ADA)).fence, fence);
  });

  timedTest("a fence that merely expired refuses no login that saw it", async (bench) => {
    await bench.store.deleteByUser(ADA, "revoked");
    bench.clock.advanceSeconds(FENCE_LIFETIME_SECONDS - 60);
    const reading = await bench.store.readFence(ADA);
    bench.clock.advanceSeconds(120);
    deepEqual(await bench.insert(bench.record("slow"), reading), inserted());
  });

  timedTest("a fence raised after another expired never has an old value", async ({ store, clock }) => {
    const fences = new Set<string | null>();
    for (let round = 0; round < 5; round += 1) {
      await store.deleteByUser(ADA, "revoked");
      fences.add((await store.readFence(ADA)).fence);
      clock.advanceSeconds(FENCE_LIFETIME_SECONDS + 1);
      await store.deleteExpired(100);
    }
    equal(fences.size, 5);
    equal(fences.has(null), false);
  });

  timedTest("a login may take as long as it is allowed to, and no longer", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    bench.clock.advanceSeconds(MAXIMUM_LOGIN_SECONDS);
    deepEqual(await bench.insert(bench.record("in-time"), reading), inserted());
    bench.clock.advanceSeconds(0.001);
    deepEqual(await bench.insert(bench.record("too-late"), reading), { outcome: "login_expired" });
    deepEqual(await bench.sessionsOf(ADA), ["in-time"]);
  });

  timedTest("a clock that steps back refuses no login under way", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    bench.clock.advanceSeconds(-TOLERATED_CLOCK_STEP_SECONDS);
    deepEqual(await bench.insert(bench.record("phone"), reading), inserted());
  });

  timedTest("a fence outlives the logins that it overtook also when the clock steps back", async (bench) => {
    const reading = await bench.store.readFence(ADA);
    bench.clock.advanceSeconds(-TOLERATED_CLOCK_STEP_SECONDS);
    await bench.store.deleteByUser(ADA, "revoked");
    bench.clock.advanceSeconds(TOLERATED_CLOCK_STEP_SECONDS + MAXIMUM_LOGIN_SECONDS);
    deepEqual(await bench.insert(bench.record("late"), reading), { outcome: "login_overtaken" });
  });
}
