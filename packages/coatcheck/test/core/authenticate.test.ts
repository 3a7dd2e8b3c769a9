import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { describe, expect, test } from "vitest";
import { Authentication } from "../../src/core/session.ts";
import { logIn, present, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

const HOUR = 3_600;

describe("time limits", () => {
  test("a session is good until a millisecond before its idle deadline, and not at it", async () => {
    const { sessions, clock } = startSessions();
    const { token } = await logIn(sessions);
    clock.advanceSeconds(HOUR - 0.001);
    expect((await sessions.authenticate(token, { slide: false })).status).toBe("authenticated");
    clock.advanceSeconds(0.001);
    expect(await sessions.authenticate(token)).toEqual({ status: "unauthenticated", reason: "expired" });
  });

  test("a request slides the idle deadline", async () => {
    const { sessions, clock } = startSessions();
    const { token } = await logIn(sessions);
    clock.advanceSeconds(HOUR - 1);
    await present(sessions, token);
    clock.advanceSeconds(HOUR - 1);
    expect(await verdictOn(sessions, token)).toBe("authenticated");
  });

  test("a poll does not", async () => {
    const { sessions, clock } = startSessions();
    const { token } = await logIn(sessions);
    clock.advanceSeconds(HOUR - 1);
    await present(sessions, token, { slide: false });
    clock.advanceSeconds(1);
    expect(await verdictOn(sessions, token)).toBe("expired");
  });

  test("no activity carries a session past its absolute deadline", async () => {
    const { sessions, clock } = startSessions();
    const { token } = await logIn(sessions);
    for (let elapsed = 0; elapsed < 24 * HOUR - 1_800; elapsed += 1_800) {
      clock.advanceSeconds(1_800);
      await present(sessions, token);
    }
    clock.advanceSeconds(1_799.999);
    const { session } = await present(sessions, token);
    expect(session.expiresAt).toBe(session.absoluteExpiresAt);
    clock.advanceSeconds(0.001);
    expect(await verdictOn(sessions, token)).toBe("expired");
  });

  test("an expired session stays expired, and judging it writes nothing", async () => {
    const { sessions, store, clock } = startSessions();
    const { token } = await logIn(sessions);
    clock.advanceSeconds(HOUR);
    store.forgetCalls();
    expect(await verdictOn(sessions, token)).toBe("expired");
    expect(await verdictOn(sessions, token)).toBe("expired");
    expect(store.writes).toEqual([]);
  });

  test("the store's clock has the say: a touch that it refuses as late means expired", async () => {
    const storeClock = new ManualClock();
    const clock = new ManualClock();
    const sessions = new SessionManager({ store: new MemorySessionStore({ clock: storeClock }), clock });
    const { token } = await logIn(sessions);
    clock.advanceSeconds(HOUR - 1);
    storeClock.advanceSeconds(HOUR);
    const judged = await sessions.authenticate(token);
    expect(judged).toEqual({ status: "unauthenticated", reason: "expired" });
  });
});

describe("quiet by default", () => {
  test("an ordinary request is one read and no write", async () => {
    const { sessions, store, clock } = startSessions();
    const { token } = await logIn(sessions);
    store.forgetCalls();
    clock.advanceSeconds(59.999);
    await present(sessions, token);
    expect(store.calls).toEqual(["find"]);
  });

  test("a thousand requests in an hour write once a minute", async () => {
    const { sessions, store, clock } = startSessions();
    const { token } = await logIn(sessions);
    store.forgetCalls();
    for (let count = 0; count < 1_000; count++) {
      clock.advanceSeconds(3.6);
      await present(sessions, token);
    }
    // Every 17th request, the first one 60 s after the last touch: 61.2 s.
    expect(store.writes).toEqual(Array.from({ length: 58 }, () => "update"));
  });

  test("of ten requests at once after a minute, each is served and one touch is stored", async () => {
    const { sessions, clock, storedRecord } = startSessions();
    const { token } = await logIn(sessions);
    clock.advanceSeconds(60);
    await Promise.all(Array.from({ length: 10 }, () => present(sessions, token)));
    expect(await storedRecord()).toMatchObject({ lastSeenAt: clock.now(), version: 2 });
  });

  test("a poll writes nothing, however long ago the last touch was", async () => {
    const { sessions, store, clock } = startSessions();
    const { token } = await logIn(sessions);
    store.forgetCalls();
    clock.advanceSeconds(1_800);
    await present(sessions, token, { slide: false });
    expect(store.writes).toEqual([]);
  });

  test("strangers and anonymous visitors write nothing", async () => {
    const { sessions, store } = startSessions();
    const { token } = await logIn(sessions);
    store.forgetCalls();
    await sessions.authenticate("");
    await sessions.authenticate("A".repeat(64));
    await sessions.authenticate(token.slice(0, 32) + "A".repeat(32));
    expect(store.writes).toEqual([]);
  });
});

describe("races", () => {
  test("a touch that meets a logout does not bring the session back", async () => {
    const { sessions, elsewhere, store, clock } = startSessions();
    const { token, authentication } = await logIn(sessions);
    clock.advanceSeconds(60);
    store.before("update", () => elsewhere.logout(authentication));
    expect(await verdictOn(sessions, token)).toBe("unknown");
    expect(await sessions.list(USER_ID)).toEqual([]);
  });

  test("a touch that meets a change of the session is judged anew and served", async () => {
    const { sessions, elsewhere, store, clock } = startSessions();
    const { token, authentication } = await logIn(sessions);
    clock.advanceSeconds(60);
    store.before("update", () => elsewhere.replaceData(authentication, { theme: "dark" }));
    expect((await present(sessions, token)).session.data).toEqual({ theme: "dark" });
  });

  test("a session that changes under every attempt is a conflict, never a yes or a no", async () => {
    const { sessions, elsewhere, store, clock } = startSessions();
    const { token, authentication } = await logIn(sessions);
    clock.advanceSeconds(60);
    for (let attempt = 0; attempt < 5; attempt++) {
      store.before("update", () => elsewhere.replaceData(authentication, { attempt }));
    }
    await expect(sessions.authenticate(token)).rejects.toThrow(expect.objectContaining({ code: "store_conflict" }));
  });
});

test("an authentication that was not made here is refused: its secret cannot be forged", async () => {
  const { sessions } = startSessions();
  const { authentication } = await logIn(sessions);
  const forged = { ...authentication, fresh: true } as unknown as Authentication;
  await expect(sessions.rotate(forged)).rejects.toThrow(TypeError);
  await expect(sessions.logout(Object.create(Authentication.prototype))).rejects.toThrow(TypeError);
});
