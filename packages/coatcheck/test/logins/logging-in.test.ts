import { rememberedLifetime } from "coatcheck";
import { describe, expect, test, vi } from "vitest";
import { logIn, setUp } from "./support.ts";

test("a login answers with the user and the session", async () => {
  const { client } = setUp();
  expect(await client()(logIn)).toMatchObject({
    outcome: "logged_in",
    user: { id: "ada" },
    session: { userId: "ada", remembered: false, methods: ["pwd"] },
  });
});

test("the request of the login is itself logged in, as fresh as the login says", async () => {
  const { client } = setUp();
  for (const fresh of [true, false]) {
    const identity = await client()(async (visit) => {
      expect(await visit.identify()).toBeNull();
      await logIn(visit, "ada", { fresh });
      return visit.identify();
    });
    expect(identity).toMatchObject({ user: { id: "ada" }, fresh, session: { remembered: false } });
  }
});

test("a user id is any text", async () => {
  const { client, people } = setUp();
  const id = "Ωριγένης 😀 | a=b; c";
  people.set(id, { id });
  const send = client();
  await send((visit) => logIn(visit, id, { remember: true }));
  expect(await send((visit) => visit.currentUser())).toEqual({ id });
});

test("remember keeps the session over browser restarts, for as long as is asked, and no longer than the policy", async () => {
  const { client, clock } = setUp();
  const day = 86_400_000;
  for (const [durationSeconds, days] of [
    [3 * 86_400, 3],
    [365 * 86_400, 30],
  ] as const) {
    const result = await client()((visit) => logIn(visit, "ada", { remember: true, durationSeconds }));
    if (result.outcome !== "logged_in") throw new Error(result.refusal.code);
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
    await client()((visit) => logIn(visit, "ada", options));
    expect(setCookies.pop()?.replace(/^[^;]+/, "")).toBe(`; Path=/; HttpOnly; Secure; SameSite=Lax${age}`);
  }
});

test("for how long remember is, is the policy's to say", async () => {
  const twoDays = { ...rememberedLifetime, idleTimeoutSeconds: 86_400, absoluteTimeoutSeconds: 172_800 };
  const { client, clock, setCookies } = setUp({ policy: { rememberedLifetime: twoDays } });
  const send = client();
  await send((visit) => logIn(visit, "ada", { remember: true }));
  expect(setCookies).toEqual([expect.stringMatching(/; Max-Age=172800$/)]);
  clock.advanceSeconds(86_399);
  expect(await send((visit) => visit.currentUser())).toEqual({ id: "ada" });
  clock.advanceSeconds(86_401);
  expect(await send((visit) => visit.currentUser())).toBeNull();
});

test.each([0, -1, Number.NaN])("a duration of %s is a mistake", async (durationSeconds) => {
  const { client } = setUp();
  const login = client()((visit) => logIn(visit, "ada", { durationSeconds }));
  await expect(login).rejects.toMatchObject({ code: "invalid_configuration" });
});

test("who is not active is refused, unless by force", async () => {
  const { client, sessions } = setUp();
  const send = client();
  expect(await send((visit) => logIn(visit, "eve"))).toMatchObject({ refusal: { code: "user_inactive", status: 403 } });
  expect(await sessions.list("eve")).toEqual([]);
  expect(await send((visit) => logIn(visit, "eve", { force: true }))).toMatchObject({ outcome: "logged_in" });
});

test("who is disabled after the login is nobody from the next request on", async () => {
  const { client, people } = setUp();
  const send = client();
  await send((visit) => logIn(visit));
  people.set("ada", { id: "ada", active: false });
  expect(await send((visit) => visit.identify())).toBeNull();
  people.delete("ada");
  expect(await send((visit) => visit.currentUser())).toBeNull();
});

test("the user's status is read after the attempt began, so that a disabling in between is seen", async () => {
  const { client, people } = setUp();
  const result = await client()(async (visit) => {
    const attempt = await visit.begin("ada");
    people.set("ada", { id: "ada", active: false });
    return visit.login(attempt);
  });
  expect(result).toMatchObject({ outcome: "refused", refusal: { code: "user_inactive" } });
});

describe("a revocation during the login", () => {
  test("is seen by an attempt", async () => {
    const { client, sessions } = setUp();
    const result = await client()(async (visit) => {
      const attempt = await visit.begin("ada");
      await sessions.revokeAll("ada");
      return visit.login(attempt);
    });
    expect(result).toMatchObject({ refusal: { code: "login_overtaken", status: 503 } });
  });

  test("is outrun by a login without one, whose name says so", async () => {
    const { client, sessions } = setUp();
    await sessions.revokeAll("ada");
    const result = await client()((visit) => visit.dangerouslyLoginWithoutAttempt("ada", { methods: ["mail"] }));
    expect(result).toMatchObject({ outcome: "logged_in", session: { methods: ["mail"] } });
  });
});

test("an attempt does not live for ever", async () => {
  const { client, clock } = setUp();
  const result = await client()(async (visit) => {
    const attempt = await visit.begin("ada");
    clock.advanceSeconds(301);
    return visit.login(attempt);
  });
  expect(result).toMatchObject({ refusal: { code: "login_expired" } });
});

test("over the limit, the policy evicts or refuses", async () => {
  const refusing = setUp({ policy: { limit: { maximum: 1, whenFull: "refuse" } } });
  await refusing.client()(logIn);
  expect(await refusing.client()(logIn)).toMatchObject({ refusal: { code: "session_limit_reached", status: 409 } });

  const evicting = setUp({ policy: { limit: { maximum: 1, whenFull: "evict" } } });
  const first = evicting.client();
  await first(logIn);
  expect(await evicting.client()(logIn)).toMatchObject({ outcome: "logged_in" });
  expect(await first((visit) => visit.identify())).toBeNull();
  expect(evicting.events).toContainEqual({ name: "revoked", event: expect.objectContaining({ reason: "evicted" }) });
});

test("a login after the response was sent is a mistake, and leaves no session", async () => {
  const { client, sessions } = setUp();
  let late: Promise<unknown> = Promise.resolve();
  const sent = vi.fn();
  await client()((visit) => {
    late = Promise.resolve()
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => logIn(visit))
      .catch(sent);
  });
  await late;
  expect(sent).toHaveBeenCalledWith(expect.objectContaining({ code: "response_already_sent" }));
  expect(await sessions.list("ada")).toEqual([]);
});
