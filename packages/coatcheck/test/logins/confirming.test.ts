import type { AuthSession } from "coatcheck";
import { describe, expect, test, vi } from "vitest";
import { logIn, type Person, setUp } from "./support.ts";

const confirm = (auth: AuthSession<Person>) => auth.confirm(() => true);
const isFresh = async (auth: AuthSession<Person>) => (await auth.requireFresh()) === null;

test("a confirmed login is fresh again, and is the same session", async () => {
  const { client, clock, sessions } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "ada", { data: { theme: "dark" } }));
  const [before] = await sessions.list("ada");
  clock.advanceSeconds(900);
  expect(await send(isFresh)).toBe(false);
  expect(await send(confirm)).toMatchObject({ ok: true, user: { id: "ada" }, session: { id: before?.id } });
  expect(await send(isFresh)).toBe(true);
  expect(await sessions.list("ada")).toMatchObject([{ id: before?.id, data: { theme: "dark" } }]);
});

test("the request of the confirmation is itself fresh from then on", async () => {
  const { client } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "ada", { fresh: false }));
  const seen = await send(async (auth) => {
    const before = await auth.isFresh();
    await confirm(auth);
    return [before, await auth.isFresh(), await isFresh(auth)];
  });
  expect(seen).toEqual([false, true, true]);
});

test("a remembered session stays remembered when it is confirmed, and starts anew", async () => {
  const { client, clock, sessions, setCookies } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "ada", { remember: true, fresh: false }));
  expect(await send(isFresh)).toBe(false);
  clock.advanceSeconds(6 * 86_400);
  await send(confirm);
  expect(await send(isFresh)).toBe(true);
  expect(setCookies.pop()).toMatch(/; Max-Age=2592000$/);
  expect(await sessions.list("ada")).toMatchObject([
    { remembered: true, absoluteExpiresAt: clock.now() + 30 * 86_400_000 },
  ]);
});

test("at another client it is replaced by one that keeps what it was", async () => {
  const { client, sessions, events } = setUp();
  const send = client();
  const other = { headers: { "user-agent": "new" } };
  await send((auth) => logIn(auth, "ada", { remember: true, data: { theme: "dark" } }), {
    headers: { "user-agent": "old" },
  });
  expect(await send(isFresh, other)).toBe(false);
  await send(confirm, other);
  expect(await send(isFresh, other)).toBe(true);
  expect(await sessions.list("ada")).toMatchObject([
    { remembered: true, data: { theme: "dark" }, device: { userAgent: "new" } },
  ]);
  expect(events).toContainEqual({ name: "revoked", event: expect.objectContaining({ reason: "replaced" }) });
});

test("without a session, and by a wrong proof, nothing is confirmed", async () => {
  const { client, events } = setUp();
  const send = client();
  expect(await send(confirm)).toMatchObject({ ok: false, code: "unauthenticated", status: 401 });
  expect(events).toEqual([]);
  await send((auth) => logIn(auth, "ada", { fresh: false }));
  // The session is good, so its user is not sent to the login page.
  expect(await send((auth) => auth.confirm(() => false))).toMatchObject({ code: "invalid_credentials", status: 403 });
  expect(await send(isFresh)).toBe(false);
});

test("who is disabled while the proof is checked confirms nothing", async () => {
  const { client, people } = setUp();
  const send = client();
  await send(logIn);
  const result = await send((auth) =>
    auth.confirm(() => {
      people.set("ada", { id: "ada", active: false });
      return true;
    }),
  );
  expect(result).toMatchObject({ code: "user_inactive", status: 403 });
});

describe("a change of the session while the proof is checked", () => {
  /** Confirms, and changes the session during so many checks. */
  async function changing(times: number, options?: { readonly repeat?: boolean }) {
    const send = setUp().client();
    await send(logIn);
    let checks = 0;
    const outcome = await send((auth) =>
      auth.confirm(async () => {
        checks += 1;
        if (checks <= times) await auth.replaceData({ checks });
        return true;
      }, options),
    );
    return { outcome, checks };
  }

  test("has both done again, so that the login is confirmed", async () => {
    for (const times of [1, 2]) {
      expect(await changing(times)).toMatchObject({ outcome: { ok: true }, checks: times + 1 });
    }
  });

  test("a third time is refused", async () => {
    expect(await changing(3)).toMatchObject({
      outcome: { ok: false, code: "session_changed", status: 409 },
      checks: 3,
    });
  });

  test("is refused at once where the check may not be repeated", async () => {
    const outcome = { ok: false, code: "session_changed", status: 409 };
    expect(await changing(1, { repeat: false })).toMatchObject({ outcome, checks: 1 });
  });
});

test("a session that is ended while the proof is checked is gone", async () => {
  const { client, sessions } = setUp();
  const send = client();
  await send(logIn);
  const result = await send(async (auth) => {
    const outcome = await auth.confirm(async () => {
      await sessions.revokeAll("ada");
      return true;
    });
    return [outcome, (await auth.load()).user];
  });
  expect(result).toEqual([expect.objectContaining({ ok: false, code: "unauthenticated" }), null]);
});

test("a step-up asks for a proof of less than so many seconds", async () => {
  const { client, clock, logins } = setUp();
  const send = client();
  const stepUp = async (auth: AuthSession<Person>) => (await auth.requireFresh({ withinSeconds: 60 })) === null;
  await send(logIn);
  clock.advanceSeconds(59);
  expect(await send(stepUp)).toBe(true);
  clock.advanceSeconds(1);
  expect(await send(stepUp)).toBe(false);
  expect(await send(isFresh)).toBe(true);
  for (const withinSeconds of [0, -1, Number.NaN, 901]) {
    expect(() => logins.validateStepUp({ withinSeconds })).toThrow("freshForSeconds");
  }
});

test("an API key is never fresh", async () => {
  const { client } = setUp({ logins: { findRequestUser: () => ({ id: "ada" }) } });
  expect(await client()((auth) => auth.requireFresh())).toMatchObject({ code: "reauthentication_required" });
});

test("a confirmation reads no fence: the session's own version tells of what came in between", async () => {
  const { client, store } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "ada", { fresh: false }));
  const readFence = vi.spyOn(store, "readFence");
  expect(await send(confirm)).toMatchObject({ ok: true });
  expect(readFence).not.toHaveBeenCalled();
});

test("a user whom the request names has nothing to confirm, and stays", async () => {
  const { client } = setUp({ logins: { findRequestUser: () => ({ id: "robot" }) } });
  await client()(async (auth) => {
    await auth.load();
    expect(await auth.confirm(() => true)).toMatchObject({ code: "unauthenticated" });
    expect(auth.user).toEqual({ id: "robot" });
  });
});
