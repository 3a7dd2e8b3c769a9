import { deepEqual, equal } from "node:assert/strict";
import type { SessionChange, SessionRecord } from "../../core/session-record.ts";
import { digestNamed } from "../session-record-fixture.ts";
import { ADA, type ContractTests, GRACE, type StoreBench } from "./store-bench.ts";

const HOUR = 3_600_000;
const secret = { digest: digestNamed("new secret"), issuedAt: 1_767_000_000_001, authenticatedAt: null };

const changes: readonly { readonly of: string; readonly change: SessionChange }[] = [
  { of: "the secret in force", change: { current: secret } },
  { of: "the secret under way", change: { pending: { ...secret, attempt: 2 } } },
  { of: "the secrets in grace", change: { grace: [{ digest: digestNamed("old"), validUntil: 1_767_000_000_002 }] } },
  { of: "the time it was last seen", change: { lastSeenAt: 1_767_000_000_003 } },
  { of: "the methods", change: { methods: ["pwd", "otp"] } },
  { of: "the data", change: { data: { cart: ["ключ", { amount: 2 }], "": null } } },
  { of: "nothing but the version", change: {} },
];

const full: Partial<SessionRecord> = {
  pending: { ...secret, attempt: 1 },
  grace: [{ digest: digestNamed("older"), validUntil: 1 }],
  data: { a: 1, b: { c: 2 } },
};

/** A session changes only as its reader expected, only while it lives, and never comes into being by a change. */
export function updateContract({ test, timedTest }: ContractTests): void {
  for (const { of, change } of changes) {
    test(`an update of ${of} changes that alone`, async (bench) => {
      const record = await bench.login("phone", full);
      equal(await bench.store.update(record, change, 1), true);
      deepEqual(await bench.store.find(record), { ...record, ...change, version: 2 });
    });
  }

  test("an update can empty what a record may lack", async (bench) => {
    const record = await bench.login("phone", full);
    const change = { pending: null, grace: [], data: {}, methods: [] };
    equal(await bench.store.update(record, change, 1), true);
    deepEqual(await bench.store.find(record), { ...record, ...change, version: 2 });
  });

  test("an update that expects an older or a newer version changes nothing", async (bench) => {
    const record = await bench.login("phone");
    equal(await bench.store.update(record, { data: { first: true } }, 1), true);
    for (const version of [0, 1, 3]) equal(await bench.store.update(record, { data: { late: true } }, version), false);
    deepEqual(await bench.store.find(record), { ...record, data: { first: true }, version: 2 });
  });

  test("every update counts one version on", async (bench) => {
    const record = await bench.login("phone");
    for (const version of [1, 2, 3]) equal(await bench.store.update(record, { data: { version } }, version), true);
    deepEqual(await bench.store.find(record), { ...record, data: { version: 3 }, version: 4 });
  });

  test("an update changes no other user's session of the same id, and no other of the same user", async (bench) => {
    const record = await bench.login("phone");
    const others = [await bench.login("phone", { userKey: GRACE }), await bench.login("laptop")];
    equal(await bench.store.update(record, { data: { changed: true } }, 1), true);
    for (const other of others) deepEqual(await bench.store.find(other), other);
  });

  test("an update of a session that is not there creates none", async (bench) => {
    const record = bench.record("phone");
    for (const version of [0, 1]) equal(await bench.store.update(record, { data: {} }, version), false);
    deepEqual(await bench.store.find(record), null);
    deepEqual(await bench.sessionsOf(ADA), []);
  });

  test("an update never revives a session that was removed", async (bench) => {
    const record = await bench.login("phone");
    await bench.store.delete(record, "logged_out");
    equal(await bench.store.update(record, touch(bench), 1), false);
    deepEqual(await bench.store.find(record), null);
  });

  test("deadlines only move forward, each on its own", async (bench) => {
    const record = await bench.login("phone");
    const { idleDeadline, absoluteDeadline } = record;
    await bench.store.update(record, { idleDeadline: idleDeadline - 1, absoluteDeadline: absoluteDeadline - 1 }, 1);
    deepEqual(await bench.store.find(record), { ...record, version: 2 });
    await bench.store.update(record, { idleDeadline: idleDeadline + 1, absoluteDeadline: absoluteDeadline - 1 }, 2);
    deepEqual(await bench.store.find(record), { ...record, idleDeadline: idleDeadline + 1, version: 3 });
    await bench.store.update(record, { idleDeadline: idleDeadline - 1, absoluteDeadline: absoluteDeadline + 1 }, 3);
    const forward = { idleDeadline: idleDeadline + 1, absoluteDeadline: absoluteDeadline + 1 };
    deepEqual(await bench.store.find(record), { ...record, ...forward, version: 4 });
  });

  test("a record that was read does not change with the session", async (bench) => {
    const record = await bench.login("phone", { data: { count: 1 } });
    const found = await bench.store.find(record);
    const [listed] = await bench.store.listByUser(ADA);
    await bench.store.update(record, { data: { count: 2 } }, 1);
    deepEqual([found, listed], [record, record]);
  });

  test("a session that is not there is null, also under the id of another user's", async (bench) => {
    const record = await bench.login("phone");
    deepEqual(await bench.store.find(bench.record("laptop")), null);
    deepEqual(await bench.store.find({ ...record, userKey: GRACE }), null);
  });

  for (const deadline of ["idleDeadline", "absoluteDeadline"] as const) {
    timedTest(`from its stored ${deadline} on, no update brings a session back to life`, async (bench) => {
      const record = await bench.login("phone", { [deadline]: bench.clock.now() + 10_000 });
      bench.clock.advanceSeconds(9.999);
      equal(await bench.store.update(record, { data: { last: true } }, 1), true);
      bench.clock.advanceSeconds(0.001);
      equal(await bench.store.update(record, touch(bench), 2), false);
      deepEqual(await bench.store.find(record), { ...record, data: { last: true }, version: 2 });
    });
  }

  timedTest("a session lives on to the deadline that an update gave it", async (bench) => {
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    bench.clock.advanceSeconds(5);
    equal(await bench.store.update(record, { idleDeadline: bench.clock.now() + 10_000 }, 1), true);
    bench.clock.advanceSeconds(9);
    equal(await bench.store.update(record, { data: { alive: true } }, 2), true);
  });
}

function touch({ clock }: StoreBench): SessionChange {
  return { lastSeenAt: clock.now(), idleDeadline: clock.now() + HOUR, absoluteDeadline: clock.now() + 24 * HOUR };
}
