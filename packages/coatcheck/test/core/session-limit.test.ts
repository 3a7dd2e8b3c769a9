import { type SessionPolicy, standardPolicy } from "coatcheck";
import { describe, expect, test } from "vitest";
import { logIn, present, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

function policyLimitedTo(maximum: number, whenFull: "evict" | "refuse"): SessionPolicy {
  return { ...standardPolicy, limit: { maximum, whenFull } };
}

describe("at the limit", () => {
  test("evicting, the least recently seen session ends", async () => {
    const { sessions, clock, seen } = startSessions(policyLimitedTo(2, "evict"));
    const first = await logIn(sessions);
    clock.advanceSeconds(60);
    const second = await logIn(sessions);
    clock.advanceSeconds(60);
    await present(sessions, first.token);
    await logIn(sessions);
    expect(await verdictOn(sessions, first.token)).toBe("authenticated");
    expect(await verdictOn(sessions, second.token)).toBe("unknown");
    const { id, userId } = second.authentication.session;
    expect(seen).toContainEqual(["revoked", { userId, sessionId: id, reason: "evicted" }]);
  });

  test("refusing, the new login is turned away and nothing ends", async () => {
    const { sessions, seen } = startSessions(policyLimitedTo(1, "refuse"));
    const { token } = await logIn(sessions);
    expect(await sessions.login(await sessions.begin(USER_ID))).toEqual({ outcome: "session_limit_reached" });
    expect(await verdictOn(sessions, token)).toBe("authenticated");
    expect(seen.map(([name]) => name)).toEqual(["logged_in"]);
  });

  test("an expired session counts for nothing", async () => {
    const { sessions, clock } = startSessions(policyLimitedTo(1, "refuse"));
    const { authentication } = await logIn(sessions);
    clock.advanceSeconds((authentication.session.expiresAt - clock.now()) / 1_000);
    expect(await sessions.login(await sessions.begin(USER_ID))).toMatchObject({ outcome: "logged_in" });
  });

  test("a session that the login replaces makes room for it", async () => {
    const { sessions } = startSessions(policyLimitedTo(1, "refuse"));
    const { authentication } = await logIn(sessions);
    const attempt = await sessions.begin(USER_ID);
    expect(await sessions.login(attempt, { replaces: authentication })).toMatchObject({ outcome: "logged_in" });
  });
});

test("a hundred logins at once give a hundred sessions, each with its own token", async () => {
  const { sessions } = startSessions();
  const logins = await Promise.all(Array.from({ length: 100 }, () => logIn(sessions)));
  expect(new Set(logins.map(({ token }) => token)).size).toBe(100);
  expect(await sessions.list(USER_ID)).toHaveLength(100);
});
