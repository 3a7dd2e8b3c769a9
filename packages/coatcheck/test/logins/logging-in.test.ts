import { rememberedLifetime, type UserLoginOptions } from "coatcheck";
import { describe, expect, test, vi } from "vitest";
import { factsOf, logIn, setUp, userOf } from "./support.ts";

test("a login answers with the user and the session", async () => {
  const { client } = setUp();
  expect(await client()(logIn)).toMatchObject({
    ok: true,
    user: { id: "ada" },
    session: { userId: "ada", remembered: false, methods: ["pwd"] },
  });
});

test("the request of the login is itself logged in, as fresh as the login says", async () => {
  const { client } = setUp();
  for (const fresh of [true, false]) {
    const seen = await client()(async (auth) => {
      expect(await userOf(auth)).toBeNull();
      await logIn(auth, "ada", { fresh });
      return factsOf(auth);
    });
    expect(seen).toMatchObject({ user: { id: "ada" }, fresh, session: { remembered: false } });
  }
});

test("a user id is any text", async () => {
  const { client, people } = setUp();
  const id = "Ωριγένης 😀 | a=b; c";
  people.set(id, { id });
  const send = client();
  await send((auth) => logIn(auth, id, { remember: true }));
  expect(await send(userOf)).toEqual({ id });
});

test("remember keeps the session over browser restarts, for as long as is asked, and no longer than the policy", async () => {
  const { client, clock } = setUp();
  const day = 86_400_000;
  for (const [durationSeconds, days] of [
    [3 * 86_400, 3],
    [365 * 86_400, 30],
  ] as const) {
    const result = await client()((auth) => logIn(auth, "ada", { remember: true, durationSeconds }));
    if (!result.ok) throw new Error(result.code);
    expect(result.session).toMatchObject({ remembered: true, absoluteExpiresAt: clock.now() + days * day });
  }
});

test("the cookie is kept for as long as the session may last, and without remember until the browser closes", async () => {
  const { client, setCookies } = setUp();
  for (const [options, age] of [
    [{ remember: true }, "; Max-Age=2592000"],
    [{ remember: true, durationSeconds: 25_200 }, "; Max-Age=25200"],
    [{ durationSeconds: 25_200 }, ""],
    [{}, ""],
  ] as const) {
    await client()((auth) => logIn(auth, "ada", options));
    expect(setCookies.pop()?.replace(/^[^;]+/, "")).toBe(`; Path=/; HttpOnly; Secure; SameSite=Lax${age}`);
  }
});

test("for how long remember is, is the policy's to say", async () => {
  const twoDays = { ...rememberedLifetime, idleTimeoutSeconds: 86_400, absoluteTimeoutSeconds: 172_800 };
  const { client, clock, setCookies } = setUp({ policy: { rememberedLifetime: twoDays } });
  const send = client();
  await send((auth) => logIn(auth, "ada", { remember: true }));
  expect(setCookies).toEqual([expect.stringMatching(/; Max-Age=172800$/)]);
  clock.advanceSeconds(86_399);
  expect(await send(userOf)).toEqual({ id: "ada" });
  clock.advanceSeconds(86_401);
  expect(await send(userOf)).toBeNull();
});

test.each([0, -1, Number.NaN])("a duration of %s is a mistake", async (durationSeconds) => {
  const { client } = setUp();
  const login = client()((auth) => logIn(auth, "ada", { durationSeconds }));
  await expect(login).rejects.toMatchObject({ code: "invalid_configuration" });
});

test("an inactive user is refused, unless by force", async () => {
  const { client, sessions } = setUp();
  const send = client();
  expect(await send((auth) => logIn(auth, "eve"))).toMatchObject({ code: "user_inactive", status: 403 });
  expect(await sessions.list("eve")).toEqual([]);
  expect(await send((auth) => logIn(auth, "eve", { force: true }))).toMatchObject({ ok: true });
});

test("who is disabled after the login has no access from the next request on", async () => {
  const { client, people } = setUp();
  const send = client();
  await send((auth) => logIn(auth));
  people.set("ada", { id: "ada", active: false });
  expect(await send(userOf)).toBeNull();
  people.delete("ada");
  expect(await send(userOf)).toBeNull();
});

test("a user who is logged in by force has no access until they are active", async () => {
  const { client, people } = setUp();
  const send = client();
  const seen = await send(async (auth) => {
    const login = await logIn(auth, "eve", { force: true });
    return [login.ok, await userOf(auth), auth.session];
  });
  expect(seen).toEqual([true, null, null]);
  expect(await send(userOf)).toBeNull();
  people.set("eve", { id: "eve", active: true });
  expect(await send(userOf)).toMatchObject({ id: "eve" });
});

test("the user's status is read after the check, so that a disabling in between is seen", async () => {
  const { client, people, sessions } = setUp();
  const result = await client()((auth) =>
    auth.login("ada", () => {
      people.set("ada", { id: "ada", active: false });
      return true;
    }),
  );
  expect(result).toMatchObject({ ok: false, code: "user_inactive" });
  expect(await sessions.list("ada")).toEqual([]);
});

describe("a wrong credential", () => {
  test("begins nothing, and does not find the user", async () => {
    const { client, loaded: found, sessions, setCookies } = setUp();
    const result = await client()((auth) => auth.login("ada", () => false));
    expect(result).toMatchObject({ ok: false, code: "invalid_credentials", status: 401, location: null });
    expect([found, await sessions.list("ada"), setCookies]).toEqual([[], [], []]);
  });

  test("leaves the session that the browser has", async () => {
    const { client } = setUp();
    const send = client();
    await send(logIn);
    await send((auth) => auth.login("grace", async () => false));
    expect(await send(userOf)).toEqual({ id: "ada" });
  });
});

describe("an unknown user", () => {
  test.each([null, undefined])("takes the same way as a known one, for the id %s", async (userId) => {
    const { client, store, loaded: found } = setUp();
    const fences: string[] = [];
    const { readFence } = store;
    store.readFence = (userKey) => {
      fences.push(userKey);
      return readFence.call(store, userKey);
    };
    for (const answer of [true, false]) {
      const order: string[] = [];
      const result = await client()((auth) =>
        auth.login(userId, async () => {
          order.push(`${fences.length} fences`);
          return answer;
        }),
      );
      expect(result).toMatchObject({ ok: false, code: "invalid_credentials", status: 401 });
      expect(order).toEqual([`${fences.length} fences`]);
    }
    expect(found).toEqual([]);
    // No constant, which might one day be the id of a user.
    expect(new Set(fences).size).toBe(2);
  });

  test("whose id the application gives all the same is refused", async () => {
    const { client } = setUp();
    expect(await client()((auth) => logIn(auth, "mallory"))).toMatchObject({ ok: false, code: "user_inactive" });
  });
});

describe("a revocation during the login", () => {
  /** Logs in, and ends every session of the user during so many checks. */
  async function revoking(times: number, options?: UserLoginOptions) {
    const { client, sessions } = setUp();
    let checks = 0;
    const login = await client()((auth) =>
      auth.login(
        "ada",
        async () => {
          checks += 1;
          if (checks <= times) await sessions.revokeAll("ada");
          return true;
        },
        options,
      ),
    );
    return { login, checks, sessions: (await sessions.list("ada")).length };
  }

  test("has the credential checked once more", async () => {
    expect(await revoking(1)).toMatchObject({ login: { ok: true }, checks: 2, sessions: 1 });
  });

  test("is refused the second time, to be tried again", async () => {
    const login = { ok: false, code: "login_overtaken", status: 503 };
    expect(await revoking(2)).toMatchObject({ login, checks: 2, sessions: 0 });
  });

  test("is refused at once for a check that uses something up", async () => {
    const login = { ok: false, code: "login_overtaken", status: 503 };
    expect(await revoking(1, { repeat: false })).toMatchObject({ login, checks: 1, sessions: 0 });
  });

  test("a check that is repeated may find the credential wrong: it was changed", async () => {
    const { client, sessions } = setUp();
    let password = "old";
    const login = await client()((auth) =>
      auth.login("ada", async () => {
        const isRight = password === "old";
        password = "new";
        await sessions.revokeAll("ada");
        return isRight;
      }),
    );
    expect(login).toMatchObject({ ok: false, code: "invalid_credentials" });
  });
});

test("a link that a mail brought is used up by the check, and its login is not fresh", async () => {
  const { client } = setUp();
  const links = new Set(["link"]);
  const byLink = () =>
    client()((auth) =>
      auth.login("ada", () => links.delete("link"), { repeat: false, fresh: false, methods: ["mail"] }),
    );
  expect(await byLink()).toMatchObject({ ok: true, session: { methods: ["mail"] } });
  expect(await byLink()).toMatchObject({ ok: false, code: "invalid_credentials" });
});

test("a check has five minutes", async () => {
  const { client, clock } = setUp();
  const result = await client()((auth) =>
    auth.login("ada", () => {
      clock.advanceSeconds(301);
      return true;
    }),
  );
  expect(result).toMatchObject({ ok: false, code: "login_expired" });
});

test("a page of another origin logs in no user, and its credential is not looked at", async () => {
  const { client, sessions } = setUp();
  const check = vi.fn(() => true);
  const evil = { headers: { origin: "https://evil.example" } };
  const result = await client()((auth) => auth.login("ada", check), evil);
  expect(result).toMatchObject({ ok: false, code: "cross_origin_request", status: 403 });
  expect(check).not.toHaveBeenCalled();
  expect(await sessions.list("ada")).toEqual([]);
});

test("what the check throws is the caller's, and begins nothing", async () => {
  const { client, sessions } = setUp();
  const login = client()((auth) => auth.login("ada", () => Promise.reject(new Error("database is down"))));
  await expect(login).rejects.toThrow("database is down");
  expect(await sessions.list("ada")).toEqual([]);
});

test("over the limit, the policy evicts or refuses", async () => {
  const refusing = setUp({ policy: { limit: { maximum: 1, whenFull: "refuse" } } });
  await refusing.client()(logIn);
  expect(await refusing.client()(logIn)).toMatchObject({ code: "session_limit_reached", status: 409 });

  const evicting = setUp({ policy: { limit: { maximum: 1, whenFull: "evict" } } });
  const first = evicting.client();
  await first(logIn);
  expect(await evicting.client()(logIn)).toMatchObject({ ok: true });
  expect(await first(userOf)).toBeNull();
  expect(evicting.events).toContainEqual({ name: "revoked", event: expect.objectContaining({ reason: "evicted" }) });
});

test("a login after the response was sent is a mistake, and leaves no session", async () => {
  const { client, sessions } = setUp();
  let late: Promise<unknown> = Promise.resolve();
  const sent = vi.fn();
  await client()((auth) => {
    late = Promise.resolve()
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => logIn(auth))
      .catch(sent);
  });
  await late;
  expect(sent).toHaveBeenCalledWith(expect.objectContaining({ code: "response_already_sent" }));
  expect(await sessions.list("ada")).toEqual([]);
});

test("a login that fails says nothing of the session that the browser brought, and does not look at it", async () => {
  const { client, store, logins } = setUp();
  const send = client();
  await send(logIn);
  const find = vi.spyOn(store, "find");
  expect(await send((auth) => auth.login("ada", () => false))).toMatchObject({ code: "invalid_credentials" });
  expect(find).not.toHaveBeenCalled();

  const auth = logins.admit({ method: "POST", headers: new Headers() });
  if (!auth.ok) throw new Error(auth.code);
  await auth.login("ada", () => false);
  expect(await auth.finish({ status: 401, headers: new Headers() })).toEqual([]);
});

test("reload after a login of the same request asks about the new session, and after a logout about none", async () => {
  const { client } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "grace"));
  const users = await send(async (auth) => {
    await logIn(auth, "ada");
    const afterLogin = (await auth.reload()).user;
    await auth.confirm(() => true);
    const afterConfirmation = (await auth.reload()).user;
    await auth.logout();
    return [afterLogin, afterConfirmation, (await auth.reload()).user];
  });
  expect(users).toEqual([{ id: "ada" }, { id: "ada" }, null]);
});

test("a check that reads the credential itself refuses an old password that was changed during the check", async () => {
  const { client, sessions } = setUp();
  let stored = "old";
  const checked: string[] = [];
  const login = await client()((auth) =>
    auth.login("ada", async () => {
      const isRight = stored === "old";
      checked.push(stored);
      if (isRight) {
        stored = "new";
        await sessions.revokeAll("ada");
      }
      return isRight;
    }),
  );
  expect(login).toMatchObject({ ok: false, code: "invalid_credentials" });
  expect(checked).toEqual(["old", "new"]);
});
