import { strictPolicy } from "coatcheck";
import { MAXIMUM_LOGIN_SECONDS } from "coatcheck/store";
import { describe, expect, test } from "vitest";
import { logIn, present, startSessions, USER_ID } from "./support/sessions-under-test.ts";

test("a login gives a token that authenticates as the user, at once and later", async () => {
  const { sessions } = startSessions();
  const { token, authentication } = await logIn(sessions);
  expect(authentication).toMatchObject({ status: "authenticated", fresh: true, presented: "current" });
  const later = await present(sessions, token);
  expect(later.session).toEqual(authentication.session);
  expect(later.session).toMatchObject({ id: token.slice(20, 32), userId: USER_ID, methods: ["pwd"], data: {} });
});

test("beginning a login writes nothing, whether the user exists or not", async () => {
  const { sessions, store } = startSessions();
  await sessions.begin("nobody");
  expect(store.writes).toEqual([]);
});

test("a login without a proof of identity is not fresh", async () => {
  const { sessions } = startSessions();
  const { token, authentication } = await logIn(sessions, { fresh: false, methods: ["mail"] });
  expect(authentication.fresh).toBe(false);
  expect((await present(sessions, token)).fresh).toBe(false);
});

describe("remember me", () => {
  test("gives the remembered lifetime", async () => {
    const { sessions, clock } = startSessions();
    const { session } = (await logIn(sessions, { remember: true })).authentication;
    expect(session).toMatchObject({ remembered: true, absoluteExpiresAt: clock.now() + 30 * 86_400_000 });
    expect(sessions.cookieLifetimeSeconds(session)).toBe(30 * 86_400);
  });

  test("never lets a cookie outlive its session, not by a part of a second", async () => {
    const { sessions, clock } = startSessions();
    const { session } = (await logIn(sessions, { remember: true })).authentication;
    clock.advanceSeconds(1.5);
    expect(sessions.cookieLifetimeSeconds(session)).toBe(30 * 86_400 - 2);
    clock.advanceSeconds(31 * 86_400);
    expect(sessions.cookieLifetimeSeconds(session)).toBe(0);
  });

  test("changes nothing under a policy that does not offer it", async () => {
    const { sessions, clock } = startSessions(strictPolicy);
    const { session } = (await logIn(sessions, { remember: true })).authentication;
    expect(session).toMatchObject({ remembered: false, absoluteExpiresAt: clock.now() + 12 * 3_600_000 });
    expect(sessions.cookieLifetimeSeconds(session)).toBeNull();
  });
});

describe("the fence", () => {
  test("a login whose attempt began before a revoke-all is refused", async () => {
    const { sessions } = startSessions();
    const attempt = await sessions.begin(USER_ID);
    await sessions.revokeAll(USER_ID);
    expect(await sessions.login(attempt)).toEqual({ outcome: "login_overtaken" });
    expect(await sessions.list(USER_ID)).toEqual([]);
  });

  test("a login whose attempt began before a second revoke-all is refused", async () => {
    const { sessions } = startSessions();
    await sessions.revokeAll(USER_ID);
    const attempt = await sessions.begin(USER_ID);
    await sessions.revokeAll(USER_ID);
    expect(await sessions.login(attempt)).toEqual({ outcome: "login_overtaken" });
  });

  test("a login whose attempt began before others were revoked is refused", async () => {
    const { sessions } = startSessions();
    const { authentication } = await logIn(sessions);
    const attempt = await sessions.begin(USER_ID);
    await sessions.revokeOthers(authentication);
    expect(await sessions.login(attempt)).toEqual({ outcome: "login_overtaken" });
    expect(await sessions.list(USER_ID)).toHaveLength(1);
  });

  test("a login that begins after a revoke-all succeeds", async () => {
    const { sessions } = startSessions();
    await sessions.revokeAll(USER_ID);
    expect(await sessions.login(await sessions.begin(USER_ID))).toMatchObject({ outcome: "logged_in" });
  });

  test("another user's login is not refused", async () => {
    const { sessions } = startSessions();
    const attempt = await sessions.begin("grace");
    await sessions.revokeAll(USER_ID);
    expect(await sessions.login(attempt)).toMatchObject({ outcome: "logged_in" });
  });
});

test("an attempt is good for five minutes and no longer", async () => {
  const { sessions, clock } = startSessions();
  const attempt = await sessions.begin(USER_ID);
  clock.advanceSeconds(MAXIMUM_LOGIN_SECONDS);
  expect(await sessions.login(attempt)).toMatchObject({ outcome: "logged_in" });
  clock.advanceSeconds(0.001);
  expect(await sessions.login(attempt)).toEqual({ outcome: "login_expired" });
});
