import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { expect, test } from "vitest";
import type { SessionOwner } from "../../src/accounts/account-store.ts";
import { openTestDoor } from "../support/test-doors.ts";

const account = {
  id: "ada",
  email: "ada@example.com" as SessionOwner["account"]["email"],
  name: "Ada",
  roles: [],
  disabled: false,
  createdAt: 0,
  passwordChangedAt: 0,
};
const enabled: SessionOwner = { account, pendingRevocation: null };
const disabled: SessionOwner = { account: { ...account, disabled: true }, pendingRevocation: null };
const pending: SessionOwner = {
  account,
  pendingRevocation: { id: "1", userId: "ada", reason: "credentials_changed", createdAt: 0 },
};

async function openWithAda() {
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  const owners = new Map([["ada", enabled]]);
  const accounts = { findSessionOwner: async (userId: string) => owners.get(userId) ?? null };
  const { door, doors } = openTestDoor({ sessions, accounts, origin: "https://app.example" });
  const login = await sessions.login(await sessions.begin("ada"));
  if (login.outcome !== "logged_in") throw new Error(login.outcome);
  const cookie = `${door.auth.guard.cookie.name}=${login.token}`;

  function visit(headers: Record<string, string> = {}) {
    const session = door.auth.admit({ method: "GET", url: "/page", headers: new Headers({ cookie, ...headers }) });
    if (!session.ok) throw new Error(session.code);
    return session;
  }

  return { clock, sessions, owners, door, doors, cookie, visit };
}

test("a session passes only while its account may be signed in", async () => {
  const { owners, visit, sessions } = await openWithAda();
  for (const [owner, passes] of [
    [enabled, true],
    [disabled, false],
    [pending, false],
    [enabled, true],
    [null, false],
  ] as const) {
    if (owner === null) owners.delete("ada");
    else owners.set("ada", owner);
    expect((await visit().load()).user).toEqual(passes ? owner : null);
  }
  // It is refused, and not ended: this may be a race or a fault.
  expect(await sessions.list("ada")).toHaveLength(1);
});

test("a login while sessions of the account are being ended begins a session that opens nothing until they are", async () => {
  const { owners, visit, sessions } = await openWithAda();
  owners.set("ada", pending);
  const own = visit();
  expect(await own.login("ada", () => true, { force: true })).toMatchObject({ ok: true, user: pending });
  expect(own.user).toBeNull();
  expect(await sessions.list("ada")).toHaveLength(1);
});

test("a browser that was updated is as fresh as it was", async () => {
  const { visit } = await openWithAda();
  expect(await visit({ "user-agent": "new" }).isFresh()).toBe(true);
});

test("people are led to the sign-in page and to that for the password, and back", async () => {
  const { clock, visit } = await openWithAda();
  const page = { "sec-fetch-mode": "navigate" };
  expect(await visit({ ...page, cookie: "" }).requireLogin()).toMatchObject({ location: "/auth/sign-in?next=%2Fpage" });
  expect(await visit({ cookie: "" }).requireLogin()).toMatchObject({ status: 401, location: null });
  clock.advanceSeconds(3_000);
  expect(await visit(page).requireFresh()).toMatchObject({ location: "/auth/confirm?next=%2Fpage" });
  expect(await visit().requireFresh()).toMatchObject({ status: 403, location: null });
});

test("pages of others are refused where users are asked for, and elsewhere only with the cookie", async () => {
  const { door, cookie } = await openWithAda();
  const post = (auth: typeof door.auth, headers: Record<string, string>) =>
    auth.admit({ method: "POST", url: "/", headers: new Headers({ origin: "https://evil.example", ...headers }) }).ok;
  expect([post(door.auth, {}), post(door.auth, { cookie })]).toEqual([false, false]);
  expect([post(door.publicAuth, {}), post(door.publicAuth, { cookie })]).toEqual([true, false]);
});

test("an origin of another gateway's has no door", async () => {
  const { doors } = await openWithAda();
  const { origin } = openTestDoor({
    sessions: new SessionManager({ store: new MemorySessionStore() }),
    origin: "https://other.example",
  });
  expect(() => doors.of(origin)).toThrow(RangeError);
});
