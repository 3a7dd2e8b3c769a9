import { missingProgram } from "@coatcheck/throwaway-servers";
import { beforeEach, describe, expect, test } from "vitest";
import { MAXIMUM_KNOWN_DEVICES } from "../../src/accounts/throttling/known-devices.ts";
import type { LoginSubject } from "../../src/accounts/throttling/login-throttle.ts";
import { emailOf, type TestAccounts } from "../accounts/support/test-accounts.ts";
import { postgresDatabase } from "./support/postgres-for-tests.ts";

const email = emailOf("ada@example.com");

/** So many calls at once. */
function atOnce<Result>(count: number, call: (index: number) => Promise<Result>): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

function strangerAt(index: number): LoginSubject {
  return { email, address: `198.51.100.${index}`, trusted: null };
}

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("of two nodes on one Postgres", () => {
  const database = postgresDatabase();
  let nodes: readonly [TestAccounts, TestAccounts];
  beforeEach(async () => {
    const first = await database.open();
    nodes = [first, await database.open(first.clock)];
  });

  const nodeOf = (index: number): TestAccounts => nodes[index % 2 === 0 ? 0 : 1];

  async function addAda(): Promise<string> {
    const added = await nodes[0].accounts.add({ email, name: "Ada", passwordHash: "first" });
    if (added.outcome !== "added") throw new Error(added.outcome);
    return added.account.id;
  }

  async function storedHash(userId: string): Promise<string | undefined> {
    return (await nodes[0].accounts.findCredential(userId))?.passwordHash;
  }

  test("one adds an address, however many try", async () => {
    const results = await atOnce(40, (index) =>
      nodeOf(index).accounts.add({ email, name: `Ada ${index}`, passwordHash: "hash" }),
    );
    expect(results.filter(({ outcome }) => outcome === "added")).toHaveLength(1);
    expect(await nodes[1].accounts.list()).toHaveLength(1);
  });

  test("a rehash on one never undoes a new password of the other", async () => {
    const userId = await addAda();
    for (let round = 0; round < 50; round++) {
      const current = (await storedHash(userId)) ?? "";
      await Promise.all([
        nodes[0].accounts.replaceHash(userId, current, "stronger"),
        nodes[1].accounts.changePassword(userId, null, `password ${round}`),
      ]);
      expect(await storedHash(userId)).toBe(`password ${round}`);
    }
  });

  test("one makes the owner's change from a hash, and it is the one that is stored and pending", async () => {
    const userId = await addAda();
    for (let round = 0; round < 20; round++) {
      const current = (await storedHash(userId)) ?? "";
      const changes = await atOnce(6, async (index) => {
        const hash = `password ${round} ${index}`;
        return { hash, pending: await nodeOf(index).accounts.changePassword(userId, current, hash) };
      });
      const made = changes.filter(({ pending }) => pending !== null);
      expect(made).toHaveLength(1);
      expect(await storedHash(userId)).toBe(made[0]?.hash);
      expect(await nodes[0].accounts.findPendingRevocation(userId)).toEqual(made[0]?.pending);
    }
  });

  test("no more guesses at an account are let through than on one, from whatever addresses", async () => {
    const results = await atOnce(120, (index) => nodeOf(index).throttle.reserve(strangerAt(index)));
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  test("no more guesses with a known device are let through than on one", async () => {
    const subject: LoginSubject = { ...strangerAt(1), trusted: { kind: "device", id: "stolen" } };
    const results = await atOnce(60, (index) => nodeOf(index).throttle.reserve(subject));
    // Five as the device's, and five more as a stranger's.
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  test("attempts that are given back leave nothing behind", async () => {
    await atOnce(80, async (index) => {
      const { throttle } = nodeOf(index);
      const result = await throttle.reserve(strangerAt(index % 20));
      if (result.allowed) await throttle.giveBack(result.attempt);
    });
    expect(await database.rows("login_failures")).toEqual([]);
  });

  test("resets and successes meet attempts without waiting for each other for ever", async () => {
    const reset = (index: number) => nodeOf(index).throttle.reset(email);
    await atOnce(120, async (index) => {
      if (index % 5 === 0) return reset(index);
      const { throttle } = nodeOf(index);
      const trusted = index % 3 === 0 ? ({ kind: "session", id: `session ${index}` } as const) : null;
      const result = await throttle.reserve({ ...strangerAt(index % 7), trusted });
      if (result.allowed) await throttle.succeed(result.attempt);
    });
    expect(await database.rows("login_failures")).toEqual([]);
  });

  test("no more than the excess of counts is removed when both remove it", async () => {
    const throttles = [
      await database.openThrottle(10, nodes[0].clock),
      await database.openThrottle(10, nodes[0].clock),
    ];
    await atOnce(30, (index) => nodes[0].throttle.reserve(strangerAt(index)));
    const removed = await Promise.all(throttles.map((throttle) => throttle.removeForgiven(100)));
    // 20 addresses, and 20 of the account from an address.
    expect(removed.reduce((sum, count) => sum + count)).toBe(40);
  });

  test("no more devices are known than one would keep", async () => {
    const userId = await addAda();
    for (let device = 0; device < MAXIMUM_KNOWN_DEVICES; device++) await nodes[0].devices.issue(userId);
    for (let round = 0; round < 10; round++) {
      nodes[0].clock.advanceSeconds(1);
      await atOnce(4, (index) => nodeOf(index).devices.issue(userId));
      expect(await database.rows("known_devices")).toHaveLength(MAXIMUM_KNOWN_DEVICES);
    }
  });

  test("a device that one is issuing is forgotten by the other with the rest", async () => {
    const userId = await addAda();
    const issuing = await database.connect();
    await issuing.query("BEGIN");
    await issuing.query("SELECT 1 FROM coatcheck_accounts WHERE id = $1 FOR NO KEY UPDATE", [userId]);
    await issuing.query("INSERT INTO coatcheck_known_devices VALUES ('digest', $1, 0, 1)", [userId]);
    const forgetting = nodes[1].devices.forgetAll(userId);
    const watching = await database.connect();
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    await expect.poll(async () => (await watching.query(waiting)).rowCount).toBe(1);
    await issuing.query("COMMIT");
    await forgetting;
    expect(await database.rows("known_devices")).toEqual([]);
  });
});
