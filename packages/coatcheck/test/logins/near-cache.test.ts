import { SessionManager } from "coatcheck";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import { expect, test } from "vitest";
import { logIn, setUp } from "./support.ts";

/** An application with a near-cache in which the session of a login that is still fresh has a copy. */
async function setUpWithCopy() {
  const world = setUp({ store: (store) => new NearCacheSessionStore({ store }) });
  const elsewhere = new SessionManager({ store: world.store, clock: world.clock });
  const send = world.client();
  await send((auth) => logIn(auth));
  // The first read fills the cache.
  await send((auth) => auth.load());
  let finds = 0;
  const find = world.store.find.bind(world.store);
  world.store.find = (reference) => {
    finds += 1;
    return find(reference);
  };
  return { ...world, elsewhere, send, finds: () => finds };
}

test("a login that is fresh is known from the copy from the first request on", async () => {
  const { send, finds } = await setUpWithCopy();
  expect(await send(async (auth) => (await auth.load()).user)).toEqual({ id: "ada" });
  expect(await send((auth) => auth.requireLogin())).toBeNull();
  expect(finds()).toBe(0);
});

test("freshness is asked of the store, once a request", async () => {
  const { send, finds } = await setUpWithCopy();
  const answers = await send(async (auth) => [await auth.isFresh(), await auth.requireFresh(), await auth.isFresh()]);
  expect(answers).toEqual([true, null, true]);
  expect(finds()).toBe(1);
});

test("a session that ended since the copy was made opens nothing that needs a fresh login", async () => {
  const { send, elsewhere } = await setUpWithCopy();
  await send(async (auth) => {
    expect((await auth.load()).user).toEqual({ id: "ada" });
    await elsewhere.revokeAll("ada");
    expect(await auth.requireFresh()).toMatchObject({ ok: false, status: 401 });
    expect(auth.user).toBeNull();
  });
});

test("a secret that was replaced since is not fresh, although the copy calls it the newest", async () => {
  const { send, elsewhere, setCookies } = await setUpWithCopy();
  const token = setCookies.at(-1)?.split(/[=;]/)[1] ?? "";
  await send(async (auth) => {
    await auth.load();
    const held = await elsewhere.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const proven = await elsewhere.reauthenticate(held);
    if (proven.outcome !== "reauthenticated") throw new Error(proven.outcome);
    await elsewhere.authenticate(proven.token);
    expect(await auth.requireFresh()).toMatchObject({ ok: false, code: "reauthentication_required" });
    expect(auth.user).toEqual({ id: "ada" });
  });
});

test("a poll that asks for freshness does not extend the session", async () => {
  const { send, sessions, clock } = await setUpWithCopy();
  const lastSeen = async () => (await sessions.list("ada"))[0]?.lastSeenAt;
  const before = await lastSeen();
  clock.advanceSeconds(120);
  await send(async (auth) => {
    await auth.load({ slide: false });
    expect(await auth.isFresh()).toBe(true);
  });
  expect(await lastSeen()).toBe(before);
});

test("a page that leaves while the store is asked for freshness is kept by no cache", async () => {
  const { logins, store, setCookies } = await setUpWithCopy();
  const cookie = setCookies.at(-1)?.split(";")[0] ?? "";
  const auth = logins.admit({ method: "GET", headers: new Headers({ cookie }) });
  if (!auth.ok) throw new Error(auth.code);
  await auth.load();
  store.find = () => new Promise(() => {});
  void auth.isFresh();
  await Promise.resolve();
  const headers = new Headers({ "content-type": "text/html", "cdn-cache-control": "max-age=60" });
  const edits = new Map((await auth.finish({ status: 200, headers })).map(({ name, value }) => [name, value]));
  expect(edits.get("cache-control")).toBe("private, no-store");
  expect(edits.get("cdn-cache-control")).toBe("no-store");
});
