import type { MemorySessionStore } from "coatcheck/stores/memory";
import { expect, test } from "vitest";
import { logIn, setUp, userOf } from "./support.ts";

test("the request of the logout has itself no user from then on", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn);
  const seen = await send(async (auth) => {
    const before = await userOf(auth);
    await auth.logout();
    return [before, await userOf(auth), auth.session, (await auth.requireLogin())?.code];
  });
  expect(seen).toEqual([{ id: "ada" }, null, null, "unauthenticated"]);
});

test("a logout right after the login of the same request leaves nothing", async () => {
  const { client, sessions, setCookies } = setUp();
  const user = await client()(async (auth) => {
    await logIn(auth);
    await auth.logout();
    return userOf(auth);
  });
  expect(user).toBeNull();
  expect(await sessions.list("ada")).toEqual([]);
  expect(setCookies).toEqual([expect.stringMatching(/^__Host-Http-session=;/)]);
});

test("a request without a session may log out, too: nothing ends, and nothing is announced", async () => {
  const { client, sessions, events } = setUp();
  await client()(logIn);
  events.length = 0;
  await client()((auth) => auth.logout());
  expect(events).toEqual([]);
  expect(await sessions.list("ada")).toHaveLength(1);
});

/** Holds the next deletion of the store until it is released. */
function holdDeletion(store: MemorySessionStore): () => void {
  const { delete: remove, deleteByUser } = store;
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const once = async () => {
    Object.assign(store, { delete: remove, deleteByUser });
    await until;
  };
  store.delete = async (...parameters) => {
    await once();
    return remove.apply(store, parameters);
  };
  store.deleteByUser = async (...parameters) => {
    const removed = await deleteByUser.apply(store, parameters);
    await once();
    return removed;
  };
  return release;
}

test.each(["logout", "revokeAll"] as const)("a login during a %s stays, with its cookie", async (method) => {
  const { client, sessions, store } = setUp();
  const send = client();
  await send(logIn);
  await send(async (auth) => {
    await auth.load();
    const release = holdDeletion(store);
    const leaving = auth[method]();
    const login = logIn(auth, "grace");
    // As far as it comes: what it waits for is the deletion alone.
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await leaving;
    expect(await login).toMatchObject({ ok: true });
    expect(auth.user).toEqual({ id: "grace" });
  });
  expect(await send(userOf)).toEqual({ id: "grace" });
  expect([await sessions.list("ada"), await sessions.list("grace")]).toMatchObject([[], [{}]]);
});

test("a revoke-all after the headers left ends every session, and the request has none", async () => {
  const { client, logins, sessions } = setUp();
  const send = client();
  await send(logIn);
  await send(async ({ request }) => {
    const auth = logins.admit(request);
    if (!auth.ok) throw new Error(auth.code);
    await auth.finish({ status: 200, headers: new Headers() });
    expect(await auth.revokeAll()).toBe(1);
    expect(auth.user).toBeNull();
  });
  expect(await sessions.list("ada")).toEqual([]);
});
