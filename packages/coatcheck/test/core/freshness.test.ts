import { describe, expect, test } from "vitest";
import {
  logIn,
  present,
  reauthenticate,
  rotate,
  rotatingPolicy,
  startSessions,
} from "./support/sessions-under-test.ts";

const FRESH_FOR = 900;

/** A session whose login is no longer fresh. */
async function startStaleSession() {
  const started = startSessions();
  const { token } = await logIn(started.sessions);
  started.clock.advanceSeconds(FRESH_FOR);
  return { ...started, token };
}

test("a login is fresh for as long as the policy says", async () => {
  const { sessions, clock } = startSessions();
  const { token } = await logIn(sessions);
  clock.advanceSeconds(FRESH_FOR - 0.001);
  expect((await present(sessions, token)).fresh).toBe(true);
  clock.advanceSeconds(0.001);
  expect((await present(sessions, token)).fresh).toBe(false);
});

describe("freshness belongs to the secret", () => {
  test("the old secret is not fresh, although its session has just been re-authenticated", async () => {
    const { sessions, token } = await startStaleSession();
    const { token: fresh } = await reauthenticate(sessions, token);
    expect(await present(sessions, token)).toMatchObject({ fresh: false });
    await present(sessions, fresh);
    expect(await present(sessions, token)).toMatchObject({ fresh: false });
  });

  test("a secret in grace is not fresh, although it was a moment ago", async () => {
    const { sessions } = startSessions();
    const { token } = await logIn(sessions);
    await present(sessions, (await reauthenticate(sessions, token)).token);
    expect(await present(sessions, token)).toMatchObject({ fresh: false });
  });

  test("the holder of the old secret cannot get a fresh one by having the lost one issued again", async () => {
    // Fresh for longer than it takes until the lost one is issued again.
    const { sessions, clock } = startSessions({ ...rotatingPolicy, freshForSeconds: 2_000 });
    const { token } = await logIn(sessions);
    clock.advanceSeconds(2_000);
    await reauthenticate(sessions, token);
    clock.advanceSeconds(900.001);
    const reissued = await rotate(sessions, token);
    expect(await present(sessions, reissued)).toMatchObject({ fresh: false });
  });

  test("a secret that replaces a fresh one in passing is as fresh as that was, to the minute", async () => {
    const { sessions, clock } = startSessions({
      ...rotatingPolicy,
      lifetime: { ...rotatingPolicy.lifetime, rotationIntervalSeconds: 120 },
    });
    const { token } = await logIn(sessions);
    clock.advanceSeconds(120);
    const next = await rotate(sessions, token);
    clock.advanceSeconds(FRESH_FOR - 120 - 0.001);
    expect((await present(sessions, next)).fresh).toBe(true);
    clock.advanceSeconds(0.001);
    expect((await present(sessions, next)).fresh).toBe(false);
  });
});
