import { deepEqual } from "node:assert/strict";
import type { SessionRecord } from "../../core/session-record.ts";
import { MAXIMUM_LOGIN_SECONDS, type SessionLimit } from "../../core/session-store.ts";
import { digestNamed } from "../session-record-fixture.ts";
import { ADA, type ContractTests, GRACE, inserted } from "./store-bench.ts";

const secret = { digest: digestNamed("secret"), issuedAt: 1_767_000_000_001, authenticatedAt: 1_767_000_000_002 };
const unconfirmed = { ...secret, digest: digestNamed("pending"), attempt: 3 };

const kinds: readonly { readonly kind: string; readonly fields: Partial<SessionRecord> }[] = [
  { kind: "with the least in it", fields: { methods: [], data: {}, remembered: false } },
  { kind: "of an unknown device", fields: { device: { label: "Unknown device", userAgent: null, ip: null } } },
  { kind: "of an empty device", fields: { device: { label: "", userAgent: "", ip: "" } } },
  { kind: "begun without proof of identity", fields: { current: { ...secret, authenticatedAt: null } } },
  { kind: "that is remembered, with several methods", fields: { methods: ["pwd", "otp", "hwk"], remembered: true } },
  { kind: "with a secret under way", fields: { pending: unconfirmed } },
  { kind: "whose rotation rests", fields: { pending: { ...unconfirmed, attempt: 0 } } },
  { kind: "with a secret under way, never fresh", fields: { pending: { ...unconfirmed, authenticatedAt: null } } },
  {
    kind: "with one secret in grace",
    fields: { grace: [{ digest: digestNamed("old"), validUntil: 1_767_000_000_003 }] },
  },
  {
    kind: "with two secrets in grace, in their order",
    fields: {
      grace: [
        { digest: digestNamed("older"), validUntil: 1_767_000_000_009 },
        { digest: digestNamed("old"), validUntil: 1_767_000_000_003 },
      ],
    },
  },
  {
    kind: "with text of every script",
    fields: {
      userId: "użytkownik:'ада'; -- \"\\%_",
      device: { label: "Ŝafari 🧭 on マック\n", userAgent: "ua\t\u007f\u200d'\"", ip: "2001:db8::" },
      data: { "ключ 🔑": "値\u2028", "": "empty key", "it's": 'a "quote" \\ and {braces}' },
    },
  },
  {
    kind: "with nested data",
    fields: {
      data: {
        nothing: null,
        no: false,
        yes: true,
        zero: 0,
        negative: -1.5e-7,
        large: 9_007_199_254_740_991,
        emptyText: "",
        emptyList: [],
        emptyObject: {},
        list: [1, "1", null, [true, { deep: [{}] }]],
      },
    },
  },
  { kind: "with four kilobytes of data", fields: { data: { text: "x".repeat(4_085) } } },
  {
    kind: "whose absolute deadline comes first",
    fields: { absoluteDeadline: 1_900_000_000_001, idleDeadline: 1_900_000_000_002 },
  },
];

/** A record comes out as it went in; and the order of the reasons to refuse an insert. */
export function insertContract({ test, timedTest }: ContractTests): void {
  for (const { kind, fields } of kinds) {
    test(`a record ${kind} comes back exactly as it was given`, async (bench) => {
      const record = await bench.login("phone", fields);
      deepEqual(await bench.store.find(record), record);
      deepEqual(await bench.store.listByUser(ADA), [record]);
    });
  }

  test("the first version is 1, whatever the record says", async (bench) => {
    const record = await bench.login("phone", { version: 7 });
    deepEqual(await bench.store.find(record), { ...record, version: 1 });
  });

  test("an id in use is unavailable, and its session stays as it was", async (bench) => {
    const record = await bench.login("phone");
    const other = { ...record, userId: "user:mallory", data: { changed: true } };
    deepEqual(await bench.insert(other), { outcome: "id_unavailable" });
    deepEqual(await bench.store.listByUser(ADA), [record]);
  });

  test("two users may have sessions of the same id", async (bench) => {
    const ofAda = await bench.login("phone");
    const ofGrace = await bench.login("phone", { userKey: GRACE, userId: "user:grace" });
    deepEqual(await bench.store.find(ofAda), ofAda);
    deepEqual(await bench.store.find(ofGrace), ofGrace);
  });

  timedTest("reasons to refuse go in order: fence, age, id, limit", async (bench) => {
    const { store, clock } = bench;
    const full: SessionLimit = { maximum: 1, whenFull: "refuse" };
    const stale = await store.readFence(ADA);
    await store.deleteByUser(ADA, "revoked");
    const current = await store.readFence(ADA);
    const record = await bench.login("phone");

    clock.advanceSeconds(MAXIMUM_LOGIN_SECONDS + 1);
    const fresh = await store.readFence(ADA);
    deepEqual(await store.insert(record, stale, full), { outcome: "login_overtaken" });
    deepEqual(await store.insert(record, current, full), { outcome: "login_expired" });
    deepEqual(await store.insert(record, fresh, full), { outcome: "id_unavailable" });
    deepEqual(await store.insert(bench.record("laptop"), fresh, full), { outcome: "session_limit_reached" });
    deepEqual(await store.insert(bench.record("laptop"), fresh, { ...full, maximum: 2 }), inserted());
  });

  timedTest("an expired session still holds its id", async (bench) => {
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 1_000 });
    bench.clock.advanceSeconds(2);
    deepEqual(await bench.insert(record), { outcome: "id_unavailable" });
    deepEqual(await bench.store.find(record), record);
  });
}
