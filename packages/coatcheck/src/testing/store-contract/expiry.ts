import { deepEqual, equal } from "node:assert/strict";
import type { SessionRecord } from "../../core/session-record.ts";
import { EXPIRY_MARGIN_SECONDS } from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";
import { userKeyNamed } from "../session-record-fixture.ts";
import { ADA, type ContractTests, namesOf, removedAs } from "./store-bench.ts";

/** Expired sessions are swept away, late enough for nodes whose clocks are behind. */
export function expiryContract({ test, timedTest }: ContractTests): void {
  test("a sweep leaves sessions alone that live", async (bench) => {
    const record = await bench.login("phone");
    deepEqual(await bench.store.deleteExpired(100), []);
    deepEqual(await bench.store.listByUser(ADA), [record]);
  });

  test("a sweep of an empty store removes nothing", async ({ store }) => {
    deepEqual(await store.deleteExpired(100), []);
  });

  for (const deadline of ["idleDeadline", "absoluteDeadline"] as const) {
    timedTest(`a session is swept away once its ${deadline} is past by the margin, and no sooner`, async (bench) => {
      const record = await bench.login("phone", { [deadline]: bench.clock.now() + 10_000 });
      bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS - 0.001);
      deepEqual(await bench.store.deleteExpired(100), []);
      bench.clock.advanceSeconds(0.001);
      deepEqual(await bench.store.deleteExpired(100), [removedAs(record, "expired")]);
      deepEqual(await bench.store.find(record), null);
    });
  }

  timedTest("a sweep finds what became due at any second of a minute", async (bench) => {
    const start = bench.clock.now();
    for (let second = 0; second < 60; second += 7) {
      await bench.login(`at-${second}`, { idleDeadline: start + (10 + second) * 1_000 });
    }
    bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS);
    for (let second = 0; second < 60; second += 7) {
      deepEqual(namesOf(await bench.store.deleteExpired(100)), [`at-${second}`]);
      bench.clock.advanceSeconds(7);
    }
  });

  timedTest("a sweep goes by the deadlines as they are now", async (bench) => {
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    await bench.store.update(record, { idleDeadline: bench.clock.now() + 20_000 }, 1);
    bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS);
    deepEqual(await bench.store.deleteExpired(100), []);
    bench.clock.advanceSeconds(10);
    deepEqual(namesOf(await bench.store.deleteExpired(100)), ["phone"]);
  });

  timedTest("a sweep removes at most as many as asked for, and fewer only when none is left", async (bench) => {
    const idleDeadline = bench.clock.now() + 10_000;
    const records: SessionRecord[] = [];
    for (const user of ["ada", "grace", "joan"]) {
      for (const name of ["phone", "laptop"]) {
        records.push(await bench.login(name, { userKey: userKeyNamed(user), idleDeadline }));
      }
    }
    bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS);
    const sweeps = [
      await bench.store.deleteExpired(1),
      await bench.store.deleteExpired(3),
      await bench.store.deleteExpired(3),
      await bench.store.deleteExpired(3),
    ];
    deepEqual(
      sweeps.map((removed) => removed.length),
      [1, 3, 2, 0],
    );
    deepEqual(inAnyOrder(sweeps.flat()), inAnyOrder(records.map((record) => removedAs(record, "expired"))));
  });

  timedTest("a sweep removes a user's expired sessions and leaves the others", async (bench) => {
    const idleDeadline = bench.clock.now() + 10_000;
    await bench.login("expired", { idleDeadline });
    const alive = await bench.login("alive");
    bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS);
    equal((await bench.store.deleteExpired(100)).length, 1);
    deepEqual(await bench.store.listByUser(ADA), [alive]);
    bench.clock.advanceSeconds(3_600);
    deepEqual(namesOf(await bench.store.deleteExpired(100)), ["alive"]);
  });

  timedTest("a sweep finds a session that was stored after the user was swept clean", async (bench) => {
    const idleDeadline = bench.clock.now() + 10_000;
    await bench.login("first", { idleDeadline });
    bench.clock.advanceSeconds(10 + EXPIRY_MARGIN_SECONDS);
    await bench.store.deleteExpired(100);
    await bench.login("second", { idleDeadline: bench.clock.now() + 1_000 });
    bench.clock.advanceSeconds(1 + EXPIRY_MARGIN_SECONDS);
    deepEqual(namesOf(await bench.store.deleteExpired(100)), ["second"]);
  });
}
