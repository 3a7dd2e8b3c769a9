import { deepEqual } from "node:assert/strict";
import type { SessionRecord } from "../../core/session-record.ts";
import type { SessionLimit } from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";
import { sessionIdNamed } from "../session-record-fixture.ts";
import { ADA, type ContractTests, GRACE, inserted, removedAs, type StoreBench } from "./store-bench.ts";

/** How many sessions a user may have, and who has to go. */
export function limitContract({ test, timedTest }: ContractTests): void {
  test("as many sessions as the limit allows stay", async (bench) => {
    for (const name of ["one", "two", "three"]) await bench.login(name, {}, evictAt(3));
    deepEqual(await bench.sessionsOf(ADA), ["one", "three", "two"]);
  });

  test("at the limit the least recently seen session is evicted", async (bench) => {
    const now = bench.clock.now();
    await bench.login("older", { createdAt: now - 2_000, lastSeenAt: now - 1_000 });
    const unseen = await bench.login("unseen", { createdAt: now - 1_000, lastSeenAt: now - 1_001 });
    deepEqual(await insertAt(bench, evictAt(2)), inserted([removedAs(unseen, "evicted")]));
    deepEqual(await bench.sessionsOf(ADA), ["new", "older"]);
  });

  test("a session that was seen since it began is not the least recently seen one", async (bench) => {
    const now = bench.clock.now();
    const touched = await bench.login("touched", { lastSeenAt: now - 2_000 });
    const unseen = await bench.login("unseen", { lastSeenAt: now - 1_000 });
    await bench.store.update(touched, { lastSeenAt: now }, 1);
    deepEqual(await insertAt(bench, evictAt(2)), inserted([removedAs(unseen, "evicted")]));
  });

  test("of two that were seen at the same time the older is evicted", async (bench) => {
    const lastSeenAt = bench.clock.now();
    await bench.login("a-younger", { createdAt: lastSeenAt - 1, lastSeenAt });
    const older = await bench.login("b-older", { createdAt: lastSeenAt - 2, lastSeenAt });
    deepEqual(await insertAt(bench, evictAt(2)), inserted([removedAs(older, "evicted")]));
  });

  test("of two that are as old the one with the first session id is evicted, by character code", async (bench) => {
    const createdAt = bench.clock.now();
    const sameAge = { createdAt, lastSeenAt: createdAt };
    for (const name of ["b", "_", "Z", "a", "9", "-"]) await bench.login(name, sameAge);
    await insertAt(bench, evictAt(4));
    deepEqual(await bench.sessionsOf(ADA), ["_", "a", "b", "new"].sort());
    await bench.login("last", sameAge, evictAt(4));
    deepEqual(await bench.sessionsOf(ADA), ["a", "b", "last", "new"]);
  });

  test("a limit that was lowered evicts as many as make room", async (bench) => {
    const now = bench.clock.now();
    const sessions: SessionRecord[] = [];
    for (const age of [4, 3, 2, 1]) sessions.push(await bench.login(`age-${age}`, { lastSeenAt: now - age }));
    const outcome = await insertAt(bench, evictAt(2));
    const evicted = sessions.slice(0, 3).map((session) => removedAs(session, "evicted"));
    deepEqual("removed" in outcome && inAnyOrder(outcome.removed), inAnyOrder(evicted));
    deepEqual(await bench.sessionsOf(ADA), ["age-1", "new"]);
  });

  test("a policy that refuses changes nothing at the limit", async (bench) => {
    const sessions = [await bench.login("phone"), await bench.login("laptop")];
    deepEqual(await insertAt(bench, refuseAt(2)), { outcome: "session_limit_reached" });
    deepEqual(inAnyOrder(await bench.store.listByUser(ADA)), inAnyOrder(sessions));
    deepEqual(await insertAt(bench, refuseAt(3)), inserted());
  });

  test("the limit is each user's own", async (bench) => {
    await bench.login("phone", { userKey: GRACE });
    deepEqual(await insertAt(bench, refuseAt(1)), inserted());
    deepEqual(await bench.sessionsOf(GRACE), ["phone"]);
  });

  timedTest("expired sessions do not count: they are removed as expired, and nothing is evicted", async (bench) => {
    const now = bench.clock.now();
    const idle = await bench.login("idle", { idleDeadline: now + 10_000 });
    const over = await bench.login("over", { absoluteDeadline: now + 10_000 });
    await bench.login("alive", { idleDeadline: now + 10_001, lastSeenAt: now - 1 });
    bench.clock.advanceSeconds(10);
    const outcome = await insertAt(bench, refuseAt(2));
    const expired = [removedAs(idle, "expired"), removedAs(over, "expired")];
    deepEqual("removed" in outcome && inAnyOrder(outcome.removed), inAnyOrder(expired));
    deepEqual(await bench.sessionsOf(ADA), ["alive", "new"]);
  });

  timedTest("one insert removes what has expired and evicts what is too many", async (bench) => {
    const now = bench.clock.now();
    const expired = await bench.login("expired", { idleDeadline: now + 10_000 });
    const unseen = await bench.login("unseen", { lastSeenAt: now - 1 });
    await bench.login("seen");
    bench.clock.advanceSeconds(10);
    const outcome = await insertAt(bench, evictAt(2));
    const removed = [removedAs(expired, "expired"), removedAs(unseen, "evicted")];
    deepEqual("removed" in outcome && inAnyOrder(outcome.removed), inAnyOrder(removed));
    deepEqual(await bench.sessionsOf(ADA), ["new", "seen"]);
  });

  // A refusal has no list of removed sessions, and nothing is removed without being reported.
  timedTest("a refused insert removes nothing, not even what has expired", async (bench) => {
    const watch = await bench.watch();
    const expired = await bench.login("expired", { idleDeadline: bench.clock.now() + 10_000 });
    await bench.login("alive");
    bench.clock.advanceSeconds(10);
    deepEqual(await insertAt(bench, refuseAt(1)), { outcome: "session_limit_reached" });
    deepEqual(await bench.sessionsOf(ADA), ["alive", "expired"]);
    await bench.store.delete({ userKey: ADA, sessionId: sessionIdNamed("expired") }, "revoked");
    await bench.requirePublished(watch, [removedAs(expired, "revoked")]);
  });
}

function insertAt(bench: StoreBench, limit: SessionLimit) {
  return bench.insert(bench.record("new"), undefined, limit);
}

function evictAt(maximum: number): SessionLimit {
  return { maximum, whenFull: "evict" };
}

function refuseAt(maximum: number): SessionLimit {
  return { maximum, whenFull: "refuse" };
}
