import { describe, expect, test } from "vitest";
import {
  logIn,
  present,
  reauthenticate,
  rotate,
  rotatingPolicy,
  startSessions,
  verdictOn,
} from "./support/sessions-under-test.ts";

/** A session whose first secret was replaced, and the replacement confirmed. */
async function startRotatedSession() {
  const started = startSessions(rotatingPolicy);
  const { token: replaced, authentication } = await logIn(started.sessions);
  started.clock.advanceSeconds(86_400);
  const token = await rotate(started.sessions, replaced);
  await present(started.sessions, token);
  const { id: sessionId, userId } = authentication.session;
  return { ...started, replaced, token, about: { sessionId, userId } };
}

describe("a replaced secret that comes back after its grace", () => {
  test("ends the session for both of its holders", async () => {
    const { sessions, clock, replaced, token } = await startRotatedSession();
    clock.advanceSeconds(30);
    expect(await verdictOn(sessions, replaced)).toBe("token_reused");
    expect(await verdictOn(sessions, token)).toBe("unknown");
    expect(await verdictOn(sessions, replaced)).toBe("unknown");
  });

  test("is announced as reuse first and as a revocation second, once", async () => {
    const { sessions, clock, replaced, seen, about } = await startRotatedSession();
    clock.advanceSeconds(30);
    seen.length = 0;
    await Promise.all([sessions.authenticate(replaced), sessions.authenticate(replaced)]);
    expect(seen).toEqual([
      ["token_reused", about],
      ["revoked", { ...about, reason: "token_reused" }],
    ]);
  });

  test("leaves the user's other sessions alone", async () => {
    const { sessions, clock, replaced } = await startRotatedSession();
    const other = await logIn(sessions);
    clock.advanceSeconds(30);
    await sessions.authenticate(replaced);
    expect(await verdictOn(sessions, other.token)).toBe("authenticated");
  });

  test("ends the session even if it is one of two that were in grace", async () => {
    const { sessions, clock, replaced, token } = await startRotatedSession();
    clock.advanceSeconds(10);
    const third = (await reauthenticate(sessions, token)).token;
    await present(sessions, third);
    clock.advanceSeconds(20);
    expect(await verdictOn(sessions, token)).toBe("authenticated");
    expect(await verdictOn(sessions, replaced)).toBe("token_reused");
    expect(await verdictOn(sessions, third)).toBe("unknown");
  });

  test("is not a reuse in an expired session: that has ended already", async () => {
    const { sessions, clock, replaced, seen } = await startRotatedSession();
    clock.advanceSeconds(30 * 86_400);
    expect(await verdictOn(sessions, replaced)).toBe("expired");
    expect(seen.map(([name]) => name)).not.toContain("token_reused");
  });
});

test("a lost secret that another took the place of ends the session when it turns up", async () => {
  const { sessions, clock, token } = await startRotatedSession();
  clock.advanceSeconds(86_400);
  const superseded = await rotate(sessions, token);
  clock.advanceSeconds(901);
  await rotate(sessions, token);
  expect(await verdictOn(sessions, superseded)).toBe("token_reused");
});

describe("a made-up secret for a session whose id is known", () => {
  test("is refused, changes nothing, and the store sees no write", async () => {
    const { sessions, store, clock, token, seen, storedRecord } = await startRotatedSession();
    clock.advanceSeconds(30);
    const before = await storedRecord();
    store.forgetCalls();
    seen.length = 0;
    const madeUp = [
      token.slice(0, 32) + "A".repeat(32),
      // The nonce of a real secret behind another lineage.
      token.slice(0, 32) + "A".repeat(12) + token.slice(44),
    ];
    for (const unknown of madeUp) expect(await verdictOn(sessions, unknown)).toBe("unknown");
    expect(store.calls).toEqual(["find", "find"]);
    expect(await storedRecord()).toEqual(before);
    expect(seen).toEqual([]);
    expect(await verdictOn(sessions, token)).toBe("authenticated");
  });

  test("is answered as if the session did not exist", async () => {
    const { sessions, token } = await startRotatedSession();
    const known = await sessions.authenticate(token.slice(0, 32) + "A".repeat(32));
    const unknown = await sessions.authenticate(token.slice(0, 20) + "A".repeat(44));
    expect(known).toEqual(unknown);
  });
});
