import type { AuthSession } from "coatcheck";
import type { GuardedRequest } from "coatcheck/adapter";
import { describe, expect, test } from "vitest";
import { factsOf, logIn, type Person, setUp, userOf } from "./support.ts";

test("without a login there is no user, no session and no data", async () => {
  const { client } = setUp();
  expect(await client()(factsOf)).toEqual({ user: null, session: null, fresh: false, data: {} });
  expect(await client()((auth) => auth.requireLogin())).toMatchObject({ ok: false, status: 401 });
});

test("what was not loaded yet is a mistake to read, and the message says what to write", async () => {
  const { client } = setUp();
  await client()(async (auth) => {
    for (const name of ["user", "session", "data", "authentication"] as const) {
      expect(() => auth[name]).toThrow(
        expect.objectContaining({
          code: "session_not_loaded",
          message: expect.stringMatching(/await auth\.of\(request\)\.load\(\)/),
        }),
      );
    }
    expect((await auth.load()).user).toBeNull();
    expect(auth.user).toBeNull();
  });
});

test("a request is loaded once, whatever asks: `load`, a guard, or the list of devices", async () => {
  const { client, loaded, store } = setUp();
  const send = client();
  await send(logIn);
  let reads = 0;
  const { find } = store;
  store.find = (reference) => {
    reads += 1;
    return find.call(store, reference);
  };
  loaded.length = 0;
  await send(async (auth) => {
    expect(await auth.load()).toBe(auth);
    await Promise.all([auth.load(), auth.requireLogin(), auth.requireFresh(), auth.devices()]);
  });
  expect([reads, loaded]).toEqual([1, ["ada"]]);
});

test("a poll does not extend the session", async () => {
  const { client, clock, sessions } = setUp();
  const send = client();
  await send(logIn);
  clock.advanceSeconds(600);
  const lastSeen = async () => (await sessions.list("ada"))[0]?.lastSeenAt;
  const before = await lastSeen();
  expect((await send((auth) => auth.load({ slide: false }).then(factsOf))).user).toEqual({ id: "ada" });
  expect(await lastSeen()).toBe(before);
  await send(userOf);
  expect(await lastSeen()).toBe(clock.now());
});

test("the guard may tell which requests are polls, and a call may say otherwise", async () => {
  const isPoll = ({ headers }: GuardedRequest) => headers.get("x-poll") === "1";
  const { client, clock, sessions } = setUp({ guard: { isPoll } });
  const send = client();
  const poll = { headers: { "x-poll": "1" } };
  await send(logIn);
  clock.advanceSeconds(600);
  const lastSeen = async () => (await sessions.list("ada"))[0]?.lastSeenAt;
  const before = await lastSeen();
  expect(await send(userOf, poll)).toEqual({ id: "ada" });
  expect(await send((auth) => auth.csrfToken(), poll)).not.toBeNull();
  expect(await lastSeen()).toBe(before);
  await send((auth) => auth.load({ slide: true }), poll);
  expect(await lastSeen()).toBe(clock.now());
});

test("what stays open asks once more, and has the old answer until then", async () => {
  const { client, clock, sessions, people, store } = setUp();
  const send = client();
  await send(logIn);
  // A store that answers at once leaves no "until then".
  const find = store.find.bind(store);
  store.find = async (reference) => find(reference);
  await send(async (auth) => {
    await auth.load();
    clock.advanceSeconds(600);
    await auth.reload();
    expect((await sessions.list("ada"))[0]?.lastSeenAt).toBe(clock.now());
    people.delete("ada");
    expect((await auth.load()).user).toEqual({ id: "ada" });
    const again = auth.reload();
    expect(auth.user).toEqual({ id: "ada" });
    expect((await again).user).toBeNull();
    expect(auth.session).toBeNull();
  });
});

test("what stays open is no thief: a secret that was replaced meanwhile ends no session, and is none itself", async () => {
  const { client, clock, sessions, events } = setUp();
  const browser = { headers: { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" } };
  const send = client();
  await send(logIn);
  await sessions.renewSecrets("ada");
  let open: AuthSession<Person> | undefined;
  await send(async (auth) => {
    open = await auth.load();
  });
  // The answer to the first one brings the new secret, which comes back with the second one.
  for (const _ of [1, 2]) await send(userOf, browser);
  clock.advanceSeconds(60);
  expect(await open?.reload()).toMatchObject({ user: null, session: null });
  expect(await send(userOf, browser)).toEqual({ id: "ada" });
  expect(events.map(({ name }) => name)).not.toContain("revoked");
});

test.each([false, "", 0, Number.NaN])("a library's %j for no user is no user", async (none) => {
  const findUser = (id: string) => (id === "gone" ? none : { id }) as Person;
  const findRequestUser = ({ headers }: GuardedRequest) =>
    (headers.get("x-key") !== null ? { id: "robot" } : none) as Person;
  const { client } = setUp({ logins: { findUser, findRequestUser } });
  expect(await client()(userOf)).toBeNull();
  expect(await client()((auth) => auth.requireLogin())).toMatchObject({ code: "unauthenticated" });
  expect(await client()((auth) => logIn(auth, "gone"))).toMatchObject({ code: "user_inactive" });
  expect(await client()(userOf, { headers: { "x-key": "1" } })).toEqual({ id: "robot" });
});

test("a logout during a reload has the last word", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn);
  await send(async (auth) => {
    await auth.load();
    const again = auth.reload();
    await auth.logout();
    await again;
    expect(auth.user).toBeNull();
  });
});

test("a session that will not do for a reason of the application's is answered as none", async () => {
  const { client, events } = setUp({ logins: { loginView: "/login" } });
  const send = client();
  await send(logIn);
  const page = { method: "GET", url: "/doc?page=2", headers: { "sec-fetch-mode": "navigate" } };
  const refusal = await send((auth) => auth.refuseLogin(), page);
  expect(refusal).toEqual(await client()((auth) => auth.requireLogin(), page));
  expect(refusal).toMatchObject({ ok: false, status: 401, location: "/login?next=%2Fdoc%3Fpage%3D2" });
  expect(events.filter(({ name }) => name === "unauthorized")).toHaveLength(2);
});

test("the application's data is replaced, and is seen by the same request and the next", async () => {
  const { client } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "ada", { data: { theme: "light" } }));
  const seen = await send(async (auth) => {
    expect(await auth.replaceData({ theme: "dark" })).toBe(true);
    return [auth.data, auth.session?.data];
  });
  expect(seen).toEqual([{ theme: "dark" }, { theme: "dark" }]);
  expect((await send(factsOf)).data).toEqual({ theme: "dark" });
  expect(await client()((auth) => auth.replaceData({ theme: "dark" }))).toBe(false);
});

describe("a user's devices", () => {
  test("are listed, and each can be signed out", async () => {
    const { client } = setUp();
    const [laptop, phone] = [client(), client()];
    await laptop(logIn);
    await phone(logIn);
    const devices = await laptop((auth) => auth.devices());
    expect(devices.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = devices.find(({ current }) => !current)?.id ?? "";
    expect(await laptop((auth) => auth.revoke(other))).toBe(true);
    expect(await laptop((auth) => auth.revoke(other))).toBe(false);
    expect(await phone(userOf)).toBeNull();
    const own = devices.find(({ current }) => current)?.id ?? "";
    expect(await laptop(async (auth) => [await auth.revoke(own), await userOf(auth)])).toEqual([true, null]);
  });

  test("can be signed out all at once, this one too or not", async () => {
    const { client, sessions, setCookies } = setUp();
    const [laptop, phone, tablet] = [client(), client(), client()];
    for (const send of [laptop, phone, tablet]) await send(logIn);
    expect(await laptop((auth) => auth.revokeOthers())).toBe(2);
    expect(await laptop(userOf)).toEqual({ id: "ada" });
    await phone(logIn);
    const seen = await laptop(async (auth) => [await auth.revokeAll(), auth.user, (await auth.requireLogin())?.code]);
    expect(seen).toEqual([2, null, "unauthenticated"]);
    expect(setCookies.pop()).toMatch(/^__Host-Http-session=;.*Max-Age=0$/);
    expect(await sessions.list("ada")).toEqual([]);
  });

  test("are none without a session, and nothing ends", async () => {
    const { client } = setUp();
    const nothing = await client()(async (auth) => [
      await auth.devices(),
      await auth.revoke("x"),
      await auth.revokeOthers(),
      await auth.revokeAll(),
    ]);
    expect(nothing).toEqual([[], false, 0, 0]);
  });
});

test("a request that names a user who is not there has none", async () => {
  const { client, events } = setUp({ logins: { findRequestUser: () => null } });
  expect(await client()((auth) => auth.requireLogin())).toMatchObject({ code: "unauthenticated" });
  expect(events.map(({ name }) => name)).toEqual(["user_accessed", "unauthorized"]);
});

test("what the request names is asked for where the session's user is gone", async () => {
  const { client, people } = setUp({ logins: { findRequestUser: () => ({ id: "robot" }) } });
  const send = client();
  await send(logIn);
  people.delete("ada");
  expect(await send(factsOf)).toMatchObject({ user: { id: "robot" }, session: null });
});

test("no method is exempt from a login: OPTIONS and HEAD are not, either", async () => {
  const { client } = setUp();
  for (const method of ["OPTIONS", "HEAD", "GET", "POST"]) {
    const send = client();
    expect(await send((auth) => auth.requireLogin(), { method })).toMatchObject({ status: 401 });
    expect(await send((auth) => auth.requireFresh(), { method })).toMatchObject({ status: 401 });
  }
});
