import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { AccountChangeListener } from "../../src/accounts/account-changes.ts";
import type { AccountStore, SessionOwner } from "../../src/accounts/account-store.ts";
import { NearCacheAccountStore } from "../../src/accounts/near-cache-account-store.ts";
import { findSessionOwner } from "../../src/accounts/session-owner.ts";
import { emailOf, openTestAccounts, type TestAccounts, temporaryFolder } from "./support/test-accounts.ts";

const BOUND_MILLISECONDS = 1_000;

/** What stands behind the cache, as another node changes it. */
let behind: AccountStore;
let cache: NearCacheAccountStore;
let channel: AccountChangeListener;
let userId: string;
let reads: number;
/** Keeps reads from returning what they have read. */
let hold: Promise<void>;
let now: { monotonic: number; wall: number };

beforeEach(async () => {
  const opened: TestAccounts = await openTestAccounts(`${temporaryFolder()}/accounts.sqlite`);
  behind = opened.accounts;
  const added = await behind.add({ email: emailOf("ada@example.com"), name: "Ada", passwordHash: "first" });
  if (added.outcome !== "added") throw new Error(added.outcome);
  userId = added.account.id;
  reads = 0;
  hold = Promise.resolve();
  now = { monotonic: 5_000, wall: 1_000_000 };
  cache = open();
  channel.listening();
});

function open(options: { settle?: boolean; maximumEntries?: number } = {}): NearCacheAccountStore {
  const store = new NearCacheAccountStore({
    store: counted(behind),
    listen(listener) {
      channel = listener;
      return () => {};
    },
    maxStalenessMilliseconds: BOUND_MILLISECONDS,
    settle: false,
    testMoment: () => now,
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

function counted(store: AccountStore): AccountStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === "findSessionOwner") {
        return async (id: string): Promise<SessionOwner | null> => {
          reads += 1;
          const owner = await target.findSessionOwner(id);
          await hold;
          return owner;
        };
      }
      const method = Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}

const passes = async () => (await findSessionOwner(cache, { userId })) !== null;
const nameOf = async () => (await findSessionOwner(cache, { userId }))?.name;

function advance(milliseconds: number): void {
  now = { monotonic: now.monotonic + milliseconds, wall: now.wall + milliseconds };
}

test("an account that passes is read once", async () => {
  expect(await passes()).toBe(true);
  expect(await passes()).toBe(true);
  expect(reads).toBe(1);
});

test("a change elsewhere is seen when it is heard of", async () => {
  await passes();
  await behind.disable(userId);
  channel.changed(userId);
  expect(await passes()).toBe(false);
});

test("a change elsewhere that is not announced is seen within the bound", async () => {
  await passes();
  await behind.describe(userId, { name: "Ada King" });
  advance(BOUND_MILLISECONDS);
  expect(await nameOf()).toBe("Ada");
  advance(1);
  expect(await nameOf()).toBe("Ada King");
});

test("the bound counts from before the read was sent", async () => {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const first = passes();
  await turn();
  advance(BOUND_MILLISECONDS);
  release();
  await first;
  advance(1);
  await passes();
  expect(reads).toBe(2);
});

test.each([
  { clock: "monotonic", moment: { monotonic: 6_001, wall: 1_000_000 } },
  { clock: "wall", moment: { monotonic: 5_000, wall: 1_001_001 } },
  { clock: "wall that was set back", moment: { monotonic: 5_000, wall: 999_999 } },
])("a copy is too old as soon as the $clock clock says so", async ({ moment }) => {
  await passes();
  now = moment;
  await passes();
  expect(reads).toBe(2);
});

test("what says no is never held: it is read each time, and yes is said at once when it is so", async () => {
  const pending = await behind.disable(userId);
  expect(await passes()).toBe(false);
  expect(await passes()).toBe(false);
  await behind.enable(userId);
  expect(await passes()).toBe(false);
  if (pending !== null) await behind.completePendingRevocation(pending);
  expect(await passes()).toBe(true);
  expect(await findSessionOwner(cache, { userId: "nobody" })).toBeNull();
  expect(reads).toBe(5);
});

test("nothing is held while nothing is heard", async () => {
  await passes();
  channel.interrupted();
  await behind.describe(userId, { name: "Ada King" });
  expect(await nameOf()).toBe("Ada King");
  expect(await nameOf()).toBe("Ada King");
  expect(reads).toBe(3);
  channel.listening();
  await nameOf();
  await nameOf();
  expect(reads).toBe(4);
});

test.each([
  ["a change that is heard of", () => channel.changed(userId)],
  ["a change of another account", () => channel.changed("somebody")],
  ["an interruption", () => channel.interrupted()],
  ["an interruption that is over", () => [channel.interrupted(), channel.listening()]],
])("a read that was overtaken by %s is not held", async (_what, overtake) => {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const reading = passes();
  await turn();
  overtake();
  release();
  expect(await reading).toBe(true);
  await passes();
  expect(reads).toBe(2);
});

test.each([
  ["a ban", () => cache.disable(userId)],
  ["a new password", () => cache.changePassword(userId, null, "second")],
])("after %s of its own the user does not pass, heard of or not", async (_what, change) => {
  await passes();
  await change();
  expect(await passes()).toBe(false);
});

test("a name and roles that it changed itself are seen at once", async () => {
  await passes();
  await cache.describe(userId, { name: "Ada King", roles: ["staff"] });
  expect(await findSessionOwner(cache, { userId })).toMatchObject({ name: "Ada King", roles: ["staff"] });
});

test("a read under way during a change of its own is not held", async () => {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const reading = passes();
  await turn();
  await cache.disable(userId);
  release();
  await reading;
  hold = Promise.resolve();
  expect(await passes()).toBe(false);
});

test("with settle a change of roles returns only when every copy of before is too old", async () => {
  const settling = open({ settle: true });
  const started = performance.now();
  await settling.describe(userId, { roles: [] });
  expect(performance.now() - started).toBeGreaterThanOrEqual(BOUND_MILLISECONDS);
});

test("so many are held and no more", async () => {
  cache = open({ maximumEntries: 1 });
  channel.listening();
  const other = await behind.add({ email: emailOf("bob@example.com"), name: "Bob", passwordHash: "first" });
  if (other.outcome !== "added") throw new Error(other.outcome);
  await passes();
  await findSessionOwner(cache, { userId: other.account.id });
  await findSessionOwner(cache, { userId: other.account.id });
  expect(reads).toBe(2);
  await passes();
  expect(reads).toBe(3);
});

test("once closed it holds nothing", async () => {
  await passes();
  cache.close();
  await passes();
  await passes();
  expect(reads).toBe(3);
});
