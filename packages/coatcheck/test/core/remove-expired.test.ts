import { EXPIRY_MARGIN_SECONDS } from "coatcheck/store";
import { expect, test } from "vitest";
import { logIn, present, startSessions, USER_ID } from "./support/sessions-under-test.ts";

const HOUR = 3_600;

test("expired sessions go after ten minutes of margin, are counted, and are announced as expired", async () => {
  const { sessions, clock, seen } = startSessions();
  const { authentication } = await logIn(sessions);
  clock.advanceSeconds(HOUR + EXPIRY_MARGIN_SECONDS - 1);
  expect(await sessions.removeExpired()).toBe(0);
  clock.advanceSeconds(60);
  expect(await sessions.removeExpired()).toBe(1);
  expect(seen.slice(1)).toEqual([["expired", { userId: USER_ID, sessionId: authentication.session.id }]]);
  expect(await sessions.removeExpired()).toBe(0);
});

test("one sweep removes many, of many users", async () => {
  const { sessions, clock } = startSessions();
  for (let count = 0; count < 50; count++) await logIn(sessions, {}, `user ${count % 7}`);
  clock.advanceSeconds(2 * HOUR);
  expect(await sessions.removeExpired()).toBe(50);
});

test("live sessions stay, those that were used since the sweep was planned among them", async () => {
  const { sessions, clock } = startSessions();
  const { token } = await logIn(sessions);
  await logIn(sessions);
  clock.advanceSeconds(HOUR - 1);
  await present(sessions, token);
  clock.advanceSeconds(HOUR - 1);
  expect(await sessions.removeExpired()).toBe(1);
  expect(await sessions.list(USER_ID)).toHaveLength(1);
});

test("a sweep stops at its limit, and the next one goes on", async () => {
  const { sessions, clock } = startSessions();
  for (let count = 0; count < 5; count++) await logIn(sessions, {}, `user ${count % 2}`);
  clock.advanceSeconds(2 * HOUR);
  expect([
    await sessions.removeExpired(2),
    await sessions.removeExpired(2),
    await sessions.removeExpired(2),
    await sessions.removeExpired(2),
  ]).toEqual([2, 2, 1, 0]);
});
