import { describe, expect, test, vi } from "vitest";
import { logIn, present, reauthenticate, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

describe("logout", () => {
  test("ends the session for every copy of its cookie, in every process, at once", async () => {
    const { sessions, elsewhere } = startSessions();
    const { token, authentication } = await logIn(sessions);
    await sessions.logout(authentication);
    expect(await verdictOn(sessions, token)).toBe("unknown");
    expect(await verdictOn(elsewhere, token)).toBe("unknown");
  });

  test("works with a secret in grace, and ends the session for the current one too", async () => {
    const { sessions } = startSessions();
    const { token } = await logIn(sessions);
    const next = (await reauthenticate(sessions, token)).token;
    await present(sessions, next);
    await sessions.logout(await present(sessions, token));
    expect(await verdictOn(sessions, next)).toBe("unknown");
  });

  test("of a session that is gone is no error, and is announced once", async () => {
    const { sessions, seen } = startSessions();
    const { authentication } = await logIn(sessions);
    await Promise.all([sessions.logout(authentication), sessions.logout(authentication)]);
    await sessions.logout(authentication);
    expect(seen.map(([name]) => name)).toEqual(["logged_in", "logged_out"]);
  });
});

describe("a revocation by an id that no session can have", () => {
  const ids = ["", "fence", "~AAAAAAAAAAAA", "AAAAAAAAAAA\0", "AAAAAAAAAAAAA", "éAAAAAAAAAAA", "__proto__"];
  test.each(ids)("of %j finds nothing, and asks no store", async (id) => {
    const { sessions, store } = startSessions();
    const remove = vi.spyOn(store, "delete");
    expect(await sessions.revoke(USER_ID, id)).toBe(false);
    expect(remove).not.toHaveBeenCalled();
  });
});

describe("the list of sessions", () => {
  test("shows the user's own live ones, most recently seen first", async () => {
    const { sessions, clock } = startSessions();
    const first = await logIn(sessions);
    clock.advanceSeconds(1);
    const second = await logIn(sessions);
    await logIn(sessions, {}, "grace");
    clock.advanceSeconds(60);
    await present(sessions, first.token);
    const listed = await sessions.list(USER_ID);
    expect(listed.map(({ id }) => id)).toEqual([first.authentication.session.id, second.authentication.session.id]);
    expect(listed[0]?.lastSeenAt).toBe(clock.now());
  });

  test("of sessions seen at the same moment shows the newer one first", async () => {
    const { sessions, clock } = startSessions();
    const older = await logIn(sessions);
    clock.advanceSeconds(60);
    await logIn(sessions);
    await present(sessions, older.token);
    const createdAt = (await sessions.list(USER_ID)).map((session) => session.createdAt);
    expect(createdAt).toEqual([clock.now(), clock.now() - 60_000]);
  });

  test("leaves out expired ones that the store still holds", async () => {
    const { sessions, clock } = startSessions();
    await logIn(sessions);
    clock.advanceSeconds(3_600);
    expect(await sessions.list(USER_ID)).toEqual([]);
  });

  test("of a user without sessions is empty", async () => {
    expect(await startSessions().sessions.list("nobody")).toEqual([]);
  });
});

describe("revoking one session", () => {
  test("ends that one and no other", async () => {
    const { sessions, seen } = startSessions();
    const lost = await logIn(sessions);
    const kept = await logIn(sessions);
    const { id } = lost.authentication.session;
    expect(await sessions.revoke(USER_ID, id)).toBe(true);
    expect(await verdictOn(sessions, lost.token)).toBe("unknown");
    expect(await verdictOn(sessions, kept.token)).toBe("authenticated");
    expect(seen.at(-1)).toEqual(["revoked", { userId: USER_ID, sessionId: id, reason: "revoked" }]);
  });

  test("is false for one that is gone already, and is not announced again", async () => {
    const { sessions, seen } = startSessions();
    const { authentication } = await logIn(sessions);
    await sessions.revoke(USER_ID, authentication.session.id);
    expect(await sessions.revoke(USER_ID, authentication.session.id)).toBe(false);
    expect(seen).toHaveLength(2);
  });

  test("of another user is false and ends nothing: an id alone is no right", async () => {
    const { sessions } = startSessions();
    const { token, authentication } = await logIn(sessions);
    expect(await sessions.revoke("grace", authentication.session.id)).toBe(false);
    expect(await verdictOn(sessions, token)).toBe("authenticated");
  });

  test.each(["", "AAAAAAAAAAAA", "../..", "A".repeat(10_000), "'; DROP TABLE sessions; --"])(
    "of the id %j is false",
    async (sessionId) => {
      const { sessions } = startSessions();
      const { token } = await logIn(sessions);
      expect(await sessions.revoke(USER_ID, sessionId)).toBe(false);
      expect(await verdictOn(sessions, token)).toBe("authenticated");
    },
  );
});

describe("revoking the others", () => {
  test("ends all but the caller's, and says how many", async () => {
    const { sessions } = startSessions();
    const others = [await logIn(sessions), await logIn(sessions)];
    const own = await logIn(sessions);
    expect(await sessions.revokeOthers(own.authentication)).toBe(2);
    for (const { token } of others) expect(await verdictOn(sessions, token)).toBe("unknown");
    expect(await verdictOn(sessions, own.token)).toBe("authenticated");
    expect(await sessions.revokeOthers(own.authentication)).toBe(0);
  });

  test("does not bring back a caller's session that was ended in between", async () => {
    const { sessions } = startSessions();
    const { token, authentication } = await logIn(sessions);
    await sessions.revokeAll(USER_ID);
    expect(await sessions.revokeOthers(authentication)).toBe(0);
    expect(await verdictOn(sessions, token)).toBe("unknown");
  });
});

describe("revoking all", () => {
  test("ends every session of the user, tells why, and leaves other users alone", async () => {
    const { sessions, seen } = startSessions();
    const tokens = [await logIn(sessions), await logIn(sessions)].map(({ token }) => token);
    const other = await logIn(sessions, {}, "grace");
    seen.length = 0;
    expect(await sessions.revokeAll(USER_ID, "user_disabled")).toBe(2);
    for (const token of tokens) expect(await verdictOn(sessions, token)).toBe("unknown");
    expect(await verdictOn(sessions, other.token)).toBe("authenticated");
    expect(seen).toHaveLength(2);
    for (const event of seen) expect(event).toMatchObject(["revoked", { userId: USER_ID, reason: "user_disabled" }]);
  });

  test("amid logins, touches and rotations leaves nothing alive that began before it", async () => {
    const { sessions, clock } = startSessions();
    const old = await Promise.all(Array.from({ length: 10 }, () => logIn(sessions)));
    const attempts = await Promise.all(Array.from({ length: 10 }, () => sessions.begin(USER_ID)));
    clock.advanceSeconds(60);
    const [, ...refused] = await Promise.all([
      sessions.revokeAll(USER_ID),
      ...attempts.map((attempt) => sessions.login(attempt)),
      ...old.map(({ token }) => sessions.authenticate(token)),
      ...old.map(({ authentication }) => sessions.reauthenticate(authentication)),
    ]);
    expect(refused).toHaveLength(30);
    expect(await sessions.list(USER_ID)).toEqual([]);
    for (const { token } of old) expect(await verdictOn(sessions, token)).toBe("unknown");
  });
});
