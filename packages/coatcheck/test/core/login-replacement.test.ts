import { standardPolicy } from "coatcheck";
import { MAXIMUM_LOGIN_SECONDS } from "coatcheck/store";
import { describe, expect, test } from "vitest";
import { logIn, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

describe("a session that a login replaces", () => {
  test("has ended when the login is done, and its cookie is dead", async () => {
    const { sessions, seen } = startSessions();
    const old = await logIn(sessions);
    const { token } = await logIn(sessions, { replaces: old.authentication });
    expect(await verdictOn(sessions, old.token)).toBe("unknown");
    expect(await verdictOn(sessions, token)).toBe("authenticated");
    const { id, userId } = old.authentication.session;
    expect(seen[1]).toEqual(["revoked", { userId, sessionId: id, reason: "replaced" }]);
  });

  test("may be another user's: the one who was logged in in this browser is not any more", async () => {
    const { sessions } = startSessions();
    const old = await logIn(sessions, {}, "grace");
    await logIn(sessions, { replaces: old.authentication });
    expect(await verdictOn(sessions, old.token)).toBe("unknown");
  });

  test.each([USER_ID, "grace"])("stays when a login of %s is overtaken by a revoke-all", async (userId) => {
    const { sessions } = startSessions();
    const attempt = await sessions.begin(userId);
    await sessions.revokeAll(userId);
    const old = await logIn(sessions);
    expect(await sessions.login(attempt, { replaces: old.authentication })).toEqual({ outcome: "login_overtaken" });
    expect(await verdictOn(sessions, old.token)).toBe("authenticated");
  });

  test("is replaced in the same step in which the new one begins", async () => {
    const { sessions, store } = startSessions();
    const { authentication } = await logIn(sessions);
    store.forgetCalls();
    await logIn(sessions, { replaces: authentication });
    expect(store.writes).toEqual(["insert"]);
  });

  test("stays if the login is refused or fails", async () => {
    const { sessions, store, clock } = startSessions({ ...standardPolicy, limit: { maximum: 2, whenFull: "refuse" } });
    const held = await logIn(sessions);
    const replaces = held.authentication;
    const overtaken = await sessions.begin(USER_ID);
    await sessions.revokeOthers(replaces);
    expect(await sessions.login(overtaken, { replaces })).toEqual({ outcome: "login_overtaken" });
    const slow = await sessions.begin(USER_ID);
    clock.advanceSeconds(MAXIMUM_LOGIN_SECONDS + 1);
    expect(await sessions.login(slow, { replaces })).toEqual({ outcome: "login_expired" });
    await logIn(sessions, {}, "grace");
    await logIn(sessions, {}, "grace");
    expect(await sessions.login(await sessions.begin("grace"), { replaces })).toEqual({
      outcome: "session_limit_reached",
    });
    store.fail("insert");
    await expect(logIn(sessions, { replaces })).rejects.toThrow();
    expect(await verdictOn(sessions, held.token)).toBe("authenticated");
  });

  test("hands nothing down: neither id, nor lineage, nor data", async () => {
    const { sessions } = startSessions();
    const old = await logIn(sessions, { data: { cart: "planted" } });
    const { token, authentication } = await logIn(sessions, { replaces: old.authentication });
    expect(token.slice(20, 32)).not.toBe(old.token.slice(20, 32));
    expect(token.slice(32, 44)).not.toBe(old.token.slice(32, 44));
    expect(authentication.session.data).toEqual({});
  });
});
