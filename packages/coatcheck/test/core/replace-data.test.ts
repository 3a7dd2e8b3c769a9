import { expect, test } from "vitest";
import { logIn, present, rotate, rotatingPolicy, startSessions, verdictOn } from "./support/sessions-under-test.ts";

const THEME = { theme: "dark" };

test("data is replaced as a whole, and seen by the next request", async () => {
  const { sessions } = startSessions();
  const { token, authentication } = await logIn(sessions, { data: { cart: [1] } });
  expect(await sessions.replaceData(authentication, THEME)).toBe(true);
  expect((await present(sessions, token)).session.data).toEqual(THEME);
});

test("data does not slide the session: only requests do", async () => {
  const { sessions, clock, storedRecord } = startSessions();
  const { authentication } = await logIn(sessions);
  const { lastSeenAt, idleDeadline } = await storedRecord();
  clock.advanceSeconds(600);
  await sessions.replaceData(authentication, THEME);
  expect(await storedRecord()).toMatchObject({ lastSeenAt, idleDeadline, data: THEME });
});

test("a write that meets a touch keeps both", async () => {
  const { sessions, elsewhere, store, clock, storedRecord } = startSessions();
  const { token, authentication } = await logIn(sessions);
  clock.advanceSeconds(60);
  store.before("update", () => elsewhere.authenticate(token));
  expect(await sessions.replaceData(authentication, THEME)).toBe(true);
  expect(await storedRecord()).toMatchObject({ data: THEME, lastSeenAt: clock.now() });
});

test("a write that meets a rotation keeps both", async () => {
  const { sessions, elsewhere, store, clock } = startSessions(rotatingPolicy);
  const { token, authentication } = await logIn(sessions);
  clock.advanceSeconds(86_400);
  let next = "";
  store.before("update", async () => {
    next = await rotate(elsewhere, token);
  });
  expect(await sessions.replaceData(authentication, THEME)).toBe(true);
  expect((await present(sessions, next)).session.data).toEqual(THEME);
});

test("of two writers at once both succeed, and the later one's data stays whole", async () => {
  const { sessions, storedRecord } = startSessions();
  const { authentication } = await logIn(sessions);
  const outcomes = await Promise.all([
    sessions.replaceData(authentication, { first: 1 }),
    sessions.replaceData(authentication, { second: 2 }),
  ]);
  expect(outcomes).toEqual([true, true]);
  expect([{ first: 1 }, { second: 2 }]).toContainEqual((await storedRecord()).data);
});

test("a write that meets a logout is false and brings nothing back", async () => {
  const { sessions, elsewhere, store } = startSessions();
  const { token, authentication } = await logIn(sessions);
  store.before("update", () => elsewhere.logout(authentication));
  expect(await sessions.replaceData(authentication, THEME)).toBe(false);
  expect(await verdictOn(sessions, token)).toBe("unknown");
});

test("a write that meets a logout between two of its attempts is false and brings nothing back", async () => {
  const { sessions, elsewhere, store, clock } = startSessions();
  const { token, authentication } = await logIn(sessions);
  clock.advanceSeconds(60);
  store.before("update", () => elsewhere.authenticate(token));
  store.before("update", () => elsewhere.logout(authentication));
  expect(await sessions.replaceData(authentication, THEME)).toBe(false);
  expect(await sessions.list("ada")).toEqual([]);
});

test("a write into an expired session is false", async () => {
  const { sessions, clock, storedRecord } = startSessions();
  const { authentication } = await logIn(sessions);
  clock.advanceSeconds(3_600);
  expect(await sessions.replaceData(authentication, THEME)).toBe(false);
  expect((await storedRecord()).data).toEqual({});
});

test("a write that loses every race is a conflict, and never a silent no", async () => {
  const { sessions, elsewhere, store } = startSessions();
  const { authentication } = await logIn(sessions);
  for (let attempt = 0; attempt < 5; attempt++) {
    store.before("update", () => elsewhere.replaceData(authentication, { attempt }));
  }
  await expect(sessions.replaceData(authentication, THEME)).rejects.toThrow(
    expect.objectContaining({ code: "store_conflict" }),
  );
});
