import { deepEqual } from "node:assert/strict";
import type { SessionRecord } from "../../core/session-record.ts";
import type { InsertOutcome, SessionLimit } from "../../core/session-store.ts";
import { ADA, type ContractTests, GRACE, HUNDRED, inserted, removedAs, type StoreBench } from "./store-bench.ts";

/** A session that takes the place of another of the same user. */
export function replacementContract({ test }: ContractTests): void {
  test("the replaced session goes when the new one comes, and is returned and published", async (bench) => {
    const old = await bench.login("old");
    const watch = await bench.watch();
    deepEqual(await replace(bench, old), inserted([removedAs(old, "replaced")]));
    deepEqual(await bench.sessionsOf(ADA), ["new"]);
    await bench.requirePublished(watch, [removedAs(old, "replaced")]);
  });

  test("the replaced session makes the room that the limit asks for, so no session is evicted", async (bench) => {
    const now = bench.clock.now();
    await bench.login("phone", { lastSeenAt: now - 1_000 });
    const old = await bench.login("old");
    deepEqual(await replace(bench, old, { maximum: 2, whenFull: "evict" }), inserted([removedAs(old, "replaced")]));
    deepEqual(await bench.sessionsOf(ADA), ["new", "phone"]);
  });

  test("the replaced session makes the room that a policy which refuses asks for", async (bench) => {
    const old = await bench.login("old");
    deepEqual(await replace(bench, old, { maximum: 1, whenFull: "refuse" }), inserted([removedAs(old, "replaced")]));
  });

  test("a refused insert replaces nothing", async (bench) => {
    await bench.login("phone");
    const old = await bench.login("old");
    deepEqual(await replace(bench, old, { maximum: 1, whenFull: "refuse" }), { outcome: "session_limit_reached" });
    const stale = await bench.store.readFence(ADA);
    await bench.store.deleteByUser(ADA, "revoked", { except: old.sessionId });
    const overtaken = await bench.store.insert(bench.record("new"), stale, HUNDRED, { replaces: old.sessionId });
    deepEqual(overtaken, { outcome: "login_overtaken" });
    deepEqual(await bench.sessionsOf(ADA), ["old"]);
  });

  test("a session to replace that is gone, or another user's, is none", async (bench) => {
    const theirs = await bench.login("theirs", { userKey: GRACE, userId: "user:grace" });
    const gone = bench.record("gone");
    deepEqual(await replace(bench, gone), inserted([]));
    const reading = await bench.store.readFence(ADA);
    const options = { replaces: theirs.sessionId };
    deepEqual(await bench.store.insert(bench.record("newer"), reading, HUNDRED, options), inserted([]));
    deepEqual(await bench.sessionsOf(GRACE), ["theirs"]);
  });
}

async function replace(bench: StoreBench, old: SessionRecord, limit: SessionLimit = HUNDRED): Promise<InsertOutcome> {
  const reading = await bench.store.readFence(ADA);
  return bench.store.insert(bench.record("new"), reading, limit, { replaces: old.sessionId });
}
