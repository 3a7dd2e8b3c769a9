import { deepEqual } from "node:assert/strict";
import { EXPIRY_MARGIN_SECONDS, type SessionLimit } from "../../core/session-store.ts";
import { pauseUntil } from "../wait-until.ts";
import { ADA, type ContractTests, GRACE, removedAs, type StoreBench, type Watch } from "./store-bench.ts";

const ONE: SessionLimit = { maximum: 1, whenFull: "evict" };

/** Every removal, whatever caused it, is heard of by everyone who listens. */
export function subscriptionContract({ test, timedTest }: ContractTests): void {
  test("a delete is published once to every subscriber, in every process", async (bench) => {
    const watches = await Promise.all([bench.watch(), bench.watch(), bench.watch(bench.peer)]);
    const record = await bench.login("phone");
    await bench.store.delete(record, "token_reused");
    await requireHeardByAll(bench, watches, [removedAs(record, "token_reused")]);
  });

  test("a deleteByUser publishes each session that it removed, and not the one it spared", async (bench) => {
    const watches = await Promise.all([bench.watch(), bench.watch(bench.peer)]);
    const [one, other] = [await bench.login("phone"), await bench.login("laptop")];
    const spared = await bench.login("spared");
    await bench.store.deleteByUser(ADA, "credentials_changed", { except: spared.sessionId });
    const expected = [one, other].map((session) => removedAs(session, "credentials_changed"));
    await requireHeardByAll(bench, watches, expected);
  });

  test("a listener that subscribed twice hears twice, and once after it has unsubscribed once", async (bench) => {
    const heard: string[] = [];
    const listener = ({ sessionId }: { readonly sessionId: string }) => heard.push(sessionId);
    const stops = await Promise.all([bench.subscribe(listener), bench.subscribe(listener)]);
    const [one, other] = [await bench.login("phone"), await bench.login("laptop")];
    await bench.store.delete(one, "logged_out");
    await pauseUntil(() => heard.length === 2);
    stops[0]?.();
    await bench.store.delete(other, "logged_out");
    await pauseUntil(() => heard.length === 3);
    deepEqual(heard, [one.sessionId, one.sessionId, other.sessionId]);
    stops[1]?.();
  });

  test("a removal by a listener is heard of after the one that it listened to, by all listeners", async (bench) => {
    const [one, other] = [await bench.login("phone"), await bench.login("laptop")];
    const stop = await bench.subscribe(() => void bench.store.delete(other, "revoked"));
    const watch = await bench.watch();
    await bench.store.delete(one, "logged_out");
    await pauseUntil(() => watch.events.length === 2);
    deepEqual(watch.events, [removedAs(one, "logged_out"), removedAs(other, "revoked")]);
    for (const end of [stop, watch.stop]) end();
  });

  test("an eviction is published", async (bench) => {
    const watches = await Promise.all([bench.watch(), bench.watch(bench.peer)]);
    const record = await bench.login("phone");
    await bench.login("laptop", {}, ONE);
    await requireHeardByAll(bench, watches, [removedAs(record, "evicted")]);
  });

  timedTest("what an insert removes as expired is published", async (bench) => {
    const watches = await Promise.all([bench.watch(), bench.watch(bench.peer)]);
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    bench.clock.advanceSeconds(10);
    await bench.login("laptop");
    await requireHeardByAll(bench, watches, [removedAs(record, "expired")]);
  });

  timedTest("what a sweep removes is published", async (bench) => {
    const watches = await Promise.all([bench.watch(), bench.watch(bench.peer)]);
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS);
    await bench.store.deleteExpired(100);
    await requireHeardByAll(bench, watches, [removedAs(record, "expired")]);
  });

  test("the removals of a user are published in the order in which they happened", async (bench) => {
    const watch = await bench.watch(bench.peer);
    const names = ["five", "three", "one", "four", "two"];
    for (const name of names) await bench.login(name);
    for (const name of names) await bench.store.delete(bench.record(name), "revoked");
    await pauseUntil(() => watch.events.length >= names.length);
    deepEqual(
      watch.events,
      names.map((name) => removedAs(bench.record(name), "revoked")),
    );
  });

  test("nothing is published when nothing was removed", async (bench) => {
    const watches = await Promise.all([bench.watch(), bench.watch(bench.peer)]);
    const record = await bench.login("phone");
    await bench.insert(record);
    await bench.store.update(record, { data: {} }, 1);
    await bench.store.delete(bench.record("laptop"), "revoked");
    await bench.store.deleteByUser(GRACE, "revoked");
    await bench.store.deleteExpired(100);
    await requireHeardByAll(bench, watches, []);
  });

  test("who has unsubscribed hears nothing more, and the others still do", async (bench) => {
    const [leaver, stayer] = await Promise.all([bench.watch(), bench.watch()]);
    const [first, second] = [await bench.login("phone"), await bench.login("laptop")];
    await bench.store.delete(first, "revoked");
    await pauseUntil(() => leaver.events.length > 0);
    leaver.stop();
    leaver.stop();
    await bench.store.delete(second, "revoked");
    await bench.requirePublished(stayer, [removedAs(first, "revoked"), removedAs(second, "revoked")]);
    deepEqual(leaver.events, [removedAs(first, "revoked")]);
  });

  test("a listener that throws harms neither the removal nor other listeners", async (bench) => {
    const stop = await bench.subscribe(() => {
      throw new Error("A listener of this test failed, as it was meant to.");
    });
    const watch = await bench.watch();
    const record = await bench.login("phone");
    deepEqual(await bench.store.delete(record, "revoked"), removedAs(record, "revoked"));
    deepEqual(await bench.store.find(record), null);
    await bench.requirePublished(watch, [removedAs(record, "revoked")]);
    stop();
  });
}

async function requireHeardByAll(
  bench: StoreBench,
  watches: readonly Watch[],
  expected: Parameters<StoreBench["requirePublished"]>[1],
): Promise<void> {
  const [first, ...others] = watches;
  if (first !== undefined) await bench.requirePublished(first, expected);
  // The others heard the same: the last event of the first was the last of all.
  for (const { events } of others) {
    await pauseUntil(() => events.length >= (first?.events.length ?? 0));
    deepEqual(events, first?.events);
  }
}
