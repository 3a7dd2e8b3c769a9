import { deepEqual } from "node:assert/strict";
import type { EndReason } from "../../core/session-record.ts";
import { inAnyOrder } from "../in-any-order.ts";
import { sessionIdNamed } from "../session-record-fixture.ts";
import { ADA, type ContractTests, GRACE, removedAs } from "./store-bench.ts";

const reasons: readonly EndReason[] = [
  "logged_out",
  "replaced",
  "revoked",
  "expired",
  "evicted",
  "token_reused",
  "credentials_changed",
  "user_disabled",
];

/** A removed session is gone, is reported once, and no other user's session is removed. */
export function removalContract({ test, timedTest }: ContractTests): void {
  for (const reason of reasons) {
    test(`a session deleted as ${reason} is gone, and reported as that by each kind of removal`, async (bench) => {
      const [one, other] = [await bench.login("phone"), await bench.login("laptop")];
      deepEqual(await bench.store.delete(one, reason), removedAs(one, reason));
      deepEqual(await bench.store.find(one), null);
      deepEqual(await bench.sessionsOf(ADA), ["laptop"]);
      deepEqual(await bench.store.deleteByUser(ADA, reason), [removedAs(other, reason)]);
      deepEqual(await bench.sessionsOf(ADA), []);
    });
  }

  test("deleting what is absent is null, and no error", async (bench) => {
    const record = await bench.login("phone");
    deepEqual(await bench.store.delete(bench.record("laptop"), "logged_out"), null);
    await bench.store.delete(record, "logged_out");
    deepEqual(await bench.store.delete(record, "revoked"), null);
  });

  test("a delete needs the right user, not the session id alone", async (bench) => {
    const record = await bench.login("phone");
    deepEqual(await bench.store.delete({ ...record, userKey: GRACE }, "revoked"), null);
    deepEqual(await bench.store.find(record), record);
  });

  test("a deleteByUser removes all of the user's sessions, and no other user's", async (bench) => {
    const sessions = [await bench.login("phone"), await bench.login("laptop")];
    const ofGrace = await bench.login("phone", { userKey: GRACE });
    const removed = await bench.store.deleteByUser(ADA, "revoked");
    deepEqual(inAnyOrder(removed), inAnyOrder(sessions.map((session) => removedAs(session, "revoked"))));
    deepEqual(await bench.store.listByUser(ADA), []);
    deepEqual(await bench.store.listByUser(GRACE), [ofGrace]);
  });

  test("a deleteByUser with an exception leaves that session as it was", async (bench) => {
    const [spared, other] = [await bench.login("phone"), await bench.login("laptop")];
    const removed = await bench.store.deleteByUser(ADA, "revoked", { except: spared.sessionId });
    deepEqual(removed, [removedAs(other, "revoked")]);
    deepEqual(await bench.store.listByUser(ADA), [spared]);
  });

  test("an exception that does not exist spares nothing", async (bench) => {
    const record = await bench.login("phone");
    const removed = await bench.store.deleteByUser(ADA, "revoked", { except: sessionIdNamed("absent") });
    deepEqual(removed, [removedAs(record, "revoked")]);
  });

  test("a deleteByUser of an unknown user removes nothing", async ({ store }) => {
    deepEqual(await store.deleteByUser(ADA, "revoked"), []);
  });

  test("what is removed is reported once: the next deleteByUser has nothing to report", async (bench) => {
    await bench.login("phone");
    await bench.store.deleteByUser(ADA, "revoked");
    deepEqual(await bench.store.deleteByUser(ADA, "revoked"), []);
  });

  test("the list of an unknown user is empty", async ({ store }) => {
    deepEqual(await store.listByUser(ADA), []);
  });

  test("another instance sees at once what this one did", async (bench) => {
    const [one, other] = [await bench.login("phone"), await bench.login("laptop")];
    deepEqual(inAnyOrder(await bench.peer.listByUser(ADA)), inAnyOrder([one, other]));
    await bench.peer.delete(one, "logged_out");
    deepEqual(await bench.store.find(one), null);
  });

  timedTest("expired sessions that are still there are found and listed", async (bench) => {
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    bench.clock.advanceSeconds(100);
    deepEqual(await bench.store.find(record), record);
    deepEqual(await bench.store.listByUser(ADA), [record]);
  });

  timedTest("a deleteByUser removes expired sessions too", async (bench) => {
    const record = await bench.login("phone", { idleDeadline: bench.clock.now() + 10_000 });
    bench.clock.advanceSeconds(100);
    deepEqual(await bench.store.deleteByUser(ADA, "revoked"), [removedAs(record, "revoked")]);
  });
}
