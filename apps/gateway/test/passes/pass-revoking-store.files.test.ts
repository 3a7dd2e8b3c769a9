import { join } from "node:path";
import { SessionManager, standardPolicy } from "coatcheck";
import type { Authentication } from "coatcheck/adapter";
import { sessionDigestOf } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { storeContract } from "coatcheck/testing";
import { describe, expect, test } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import type { AccessStore } from "../../src/passes/access-store.ts";
import { PassRevokingStore } from "../../src/passes/pass-revoking-store.ts";
import { openTestAccounts, temporaryFolder } from "../accounts/support/test-accounts.ts";

const silent: AccessStore = {
  listKeys: async () => [],
  addKey: async () => true,
  removeKey: async () => false,
  notePasses: async () => {},
  noteEnding: async () => {},
  voidPassesBefore: async () => {},
  readRevocations: async () => ({ sequence: 0, issuedBefore: 0, sessions: [] }),
  removeExpired: async () => 0,
};

async function setUp(maximum = 100) {
  const { access, clock } = await openTestAccounts(join(temporaryFolder(), "accounts.sqlite"));
  const memory = new MemorySessionStore({ clock });
  let isDown = false;
  const guarded: AccessStore = {
    ...silent,
    noteEnding: (digests, expiresAt) =>
      isDown
        ? Promise.reject(new GatewayError("accounts_unavailable", "The account database did not answer."))
        : access.noteEnding(digests, expiresAt),
  };
  const policy = { ...standardPolicy, limit: { maximum, whenFull: "evict" as const } };
  const sessions = new SessionManager({ store: new PassRevokingStore(memory, guarded, clock), clock, policy });

  /** A login whose session has a pass. */
  async function logIn(replaces: Authentication | null = null) {
    const login = await sessions.login(await sessions.begin("ada"), { replaces });
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    await access.notePasses(sessionDigestOf(login.authentication.session.id), clock.now() + 300_000);
    // Which one was seen least recently is to be told.
    clock.advanceSeconds(1);
    return login;
  }
  const listed = async () => [...(await access.readRevocations()).sessions].sort();
  const digests = (...logins: readonly { readonly authentication: Authentication }[]) =>
    logins.map(({ authentication }) => sessionDigestOf(authentication.session.id)).sort();
  return { access, clock, sessions, logIn, listed, digests, breakDown: () => (isDown = true) };
}

describe("a session that ends is on the list", () => {
  test("after its logout", async () => {
    const { sessions, logIn, listed, digests } = await setUp();
    const [phone] = [await logIn(), await logIn()];
    await sessions.logout(phone.authentication);
    expect(await listed()).toEqual(digests(phone));
  });

  test("after one, others or all are revoked", async () => {
    const { sessions, logIn, listed, digests } = await setUp();
    const logins = [await logIn(), await logIn(), await logIn(), await logIn()] as const;
    const [first, second, third, fourth] = logins;
    await sessions.revoke("ada", second.authentication.session.id);
    expect(await listed()).toEqual(digests(second));
    await sessions.revokeOthers(first.authentication);
    expect(await listed()).toEqual(digests(second, third, fourth));
    await sessions.revokeAll("ada");
    expect(await listed()).toEqual(digests(...logins));
  });

  test("when it is evicted, or replaced by a login in the same browser", async () => {
    const { logIn, listed, digests } = await setUp(2);
    const first = await logIn();
    const second = await logIn();
    const third = await logIn();
    expect(await listed()).toEqual(digests(first));
    await logIn(third.authentication);
    expect(await listed()).toEqual(digests(first, third));
    expect(await listed()).not.toContain(digests(second)[0]);
  });
});

test("one that has expired is not: no pass outlives it", async () => {
  const { sessions, logIn, clock, listed } = await setUp();
  await logIn();
  clock.advanceSeconds(90_000);
  await sessions.removeExpired();
  expect(await listed()).toEqual([]);
});

test("one that cannot be noted does not end: the call fails, and can be tried again", async () => {
  const { sessions, logIn, breakDown } = await setUp();
  const { authentication, token } = await logIn();
  breakDown();
  await expect(sessions.logout(authentication)).rejects.toMatchObject({ code: "accounts_unavailable" });
  await expect(sessions.revokeAll("ada")).rejects.toMatchObject({ code: "accounts_unavailable" });
  expect(await sessions.authenticate(token)).toMatchObject({ status: "authenticated" });
});

storeContract({
  runner: { describe, test },
  createStore: async (clock) => ({
    store: new PassRevokingStore(new MemorySessionStore({ clock }), silent, clock),
    close: async () => {},
  }),
  clock: "given",
});
