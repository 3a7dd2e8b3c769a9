import { describe, expect, test } from "vitest";
import { logIn, present, reauthenticate, startSessions, verdictOn } from "./support/sessions-under-test.ts";

const FRESH_FOR = 900;

/** A session whose login is no longer fresh. */
async function startStaleSession() {
  const started = startSessions();
  const { token } = await logIn(started.sessions);
  started.clock.advanceSeconds(FRESH_FOR);
  return { ...started, token };
}

test("re-authentication issues a fresh secret, announces itself, and records how it was proved", async () => {
  const { sessions, clock, token, seen, storedRecord } = await startStaleSession();
  const stale = await present(sessions, token);
  const result = await sessions.reauthenticate(stale, { methods: ["pwd", "otp"] });
  if (result.outcome !== "reauthenticated") throw new Error(result.outcome);
  expect(result.authentication).toMatchObject({ fresh: true, session: { methods: ["pwd", "otp"] } });
  expect(await storedRecord()).toMatchObject({ pending: { authenticatedAt: clock.now() }, methods: ["pwd", "otp"] });
  expect(seen.at(-1)?.[0]).toBe("reauthenticated");
  expect(await present(sessions, result.token)).toMatchObject({ fresh: true, presented: "current" });
});

test("re-authentication makes a session fresh that began without any proof", async () => {
  const { sessions } = startSessions();
  const { token } = await logIn(sessions, { fresh: false });
  const { token: proved, authentication } = await reauthenticate(sessions, token);
  expect(authentication.fresh).toBe(true);
  expect(await present(sessions, proved)).toMatchObject({ fresh: true });
});

test("a re-authentication whose response was lost is sent again, in sessions that never rotate in passing too", async () => {
  const { sessions, clock, token } = await startStaleSession();
  await reauthenticate(sessions, token);
  clock.advanceSeconds(900);
  expect(await present(sessions, token)).toMatchObject({ rotationDue: false });
  clock.advanceSeconds(0.001);
  expect(await present(sessions, token)).toMatchObject({ rotationDue: true });
});

test("re-authentication without a word on methods keeps those of the login", async () => {
  const { sessions, clock } = startSessions();
  const { token } = await logIn(sessions, { methods: ["hwk"] });
  clock.advanceSeconds(FRESH_FOR);
  expect((await reauthenticate(sessions, token)).authentication.session.methods).toEqual(["hwk"]);
});

// NIST SP 800-63B-4, 5.2: "successful reauthentication SHALL reset both" timeouts.
test("re-authentication starts the idle and the absolute timeout anew", async () => {
  const { sessions, clock, token, storedRecord } = await startStaleSession();
  const result = await sessions.reauthenticate(await present(sessions, token, { slide: false }));
  if (result.outcome !== "reauthenticated") throw new Error(result.outcome);
  expect(result.authentication.session).toMatchObject({
    expiresAt: clock.now() + 3_600_000,
    absoluteExpiresAt: clock.now() + 86_400_000,
    lastSeenAt: clock.now(),
  });
  expect(await storedRecord()).toMatchObject({ lastSeenAt: clock.now(), absoluteDeadline: clock.now() + 86_400_000 });
});

test("a re-authentication within the grace of another leaves the earlier secret its own 30 s", async () => {
  const { sessions, clock, token: first } = await startStaleSession();
  const second = (await reauthenticate(sessions, first)).token;
  await present(sessions, second);
  clock.advanceSeconds(10);
  await present(sessions, (await reauthenticate(sessions, second)).token);
  clock.advanceSeconds(19.999);
  expect([await verdictOn(sessions, first), await verdictOn(sessions, second)]).toEqual([
    "authenticated",
    "authenticated",
  ]);
  clock.advanceSeconds(10);
  expect(await verdictOn(sessions, second)).toBe("authenticated");
  clock.advanceSeconds(0.001);
  expect(await verdictOn(sessions, second)).toBe("token_reused");
});

describe("session_busy", () => {
  test("while another secret is on its way to the browser", async () => {
    const { sessions, token } = await startStaleSession();
    await reauthenticate(sessions, token);
    expect(await sessions.reauthenticate(await present(sessions, token))).toEqual({ outcome: "session_busy" });
  });

  test("for a secret in grace, now and when the grace has run out", async () => {
    const { sessions, clock, token } = await startStaleSession();
    await present(sessions, (await reauthenticate(sessions, token)).token);
    const late = await present(sessions, token);
    expect(await sessions.reauthenticate(late)).toEqual({ outcome: "session_busy" });
    clock.advanceSeconds(30);
    expect(await sessions.reauthenticate(late)).toEqual({ outcome: "session_busy" });
  });

  test("while two are in grace, and not while one is", async () => {
    const { sessions, clock, token } = await startStaleSession();
    const second = (await reauthenticate(sessions, token)).token;
    await present(sessions, second);
    const third = (await reauthenticate(sessions, second)).token;
    await present(sessions, third);
    expect(await sessions.reauthenticate(await present(sessions, third))).toEqual({ outcome: "session_busy" });
    clock.advanceSeconds(30);
    expect((await reauthenticate(sessions, third)).outcome).toBe("reauthenticated");
  });

  test("not once the other secret is lost", async () => {
    const { sessions, clock, token } = await startStaleSession();
    await reauthenticate(sessions, token);
    clock.advanceSeconds(60.001);
    expect((await reauthenticate(sessions, token)).authentication.fresh).toBe(true);
  });

  test("changes nothing", async () => {
    const { sessions, store, token, storedRecord } = await startStaleSession();
    await reauthenticate(sessions, token);
    const held = await present(sessions, token);
    const before = await storedRecord();
    store.forgetCalls();
    await sessions.reauthenticate(held);
    expect(store.writes).toEqual([]);
    expect(await storedRecord()).toEqual(before);
  });
});

describe("session_changed: the session changed while the proof was checked", () => {
  test("by another re-authentication", async () => {
    const { sessions, token } = await startStaleSession();
    const held = await present(sessions, token);
    await reauthenticate(sessions, token);
    expect(await sessions.reauthenticate(held)).toEqual({ outcome: "session_changed" });
  });

  test("by anything else that was written to it: the check must be made anew, not only the write", async () => {
    const { sessions, token, storedRecord } = await startStaleSession();
    const held = await present(sessions, token);
    await sessions.replaceData(held, { theme: "dark" });
    expect(await sessions.reauthenticate(held)).toEqual({ outcome: "session_changed" });
    expect((await storedRecord()).pending).toBeNull();
  });

  test("by its end, which stays", async () => {
    const { sessions, token, seen } = await startStaleSession();
    const held = await present(sessions, token);
    await sessions.revokeAll("ada", "credentials_changed");
    expect(await sessions.reauthenticate(held)).toEqual({ outcome: "session_changed" });
    expect(await sessions.list("ada")).toEqual([]);
    expect(seen.map(([name]) => name)).not.toContain("reauthenticated");
  });

  test("by the passing of its deadline", async () => {
    const { sessions, clock, token } = await startStaleSession();
    const held = await present(sessions, token);
    clock.advanceSeconds(3_600);
    expect(await sessions.reauthenticate(held)).toEqual({ outcome: "session_changed" });
    expect(await verdictOn(sessions, token)).toBe("expired");
  });
});
