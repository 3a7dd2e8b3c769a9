import { expect, test } from "vitest";
import { logIn, present, rotate, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

test("after a change of what a user may do every session of theirs, and no other user's, is due for a new secret", async () => {
  const { sessions } = startSessions();
  const [phone, laptop, other] = [await logIn(sessions), await logIn(sessions), await logIn(sessions, {}, "grace")];
  expect(await sessions.renewSecrets(USER_ID)).toBe(2);
  for (const { token } of [phone, laptop]) expect(await present(sessions, token)).toMatchObject({ rotationDue: true });
  expect(await present(sessions, other.token)).toMatchObject({ rotationDue: false });
});

test("a copy made before ends with the grace of the new secret, in sessions that never rotate in passing too", async () => {
  const { sessions, clock } = startSessions();
  const { token: copy } = await logIn(sessions);
  await sessions.renewSecrets(USER_ID);
  const next = await rotate(sessions, copy);
  expect(await present(sessions, next)).toMatchObject({ rotationDue: false });
  clock.advanceSeconds(30);
  expect(await verdictOn(sessions, copy)).toBe("token_reused");
});

test("a request that changes the session meanwhile does not undo it", async () => {
  const { sessions, elsewhere, store, clock } = startSessions();
  const { token } = await logIn(sessions);
  clock.advanceSeconds(61);
  store.before("update", async () => void (await elsewhere.authenticate(token)));
  expect(await sessions.renewSecrets(USER_ID)).toBe(1);
  expect(await present(sessions, token)).toMatchObject({ rotationDue: true });
});

test("a copy that keeps the rotation at rest does not outlast a change of what its user may do", async () => {
  const { sessions, clock } = startSessions();
  const { token } = await logIn(sessions, { remember: true });
  clock.advanceSeconds(86_400);
  for (let lost = 0; lost < 3; lost++) {
    await rotate(sessions, token);
    clock.advanceSeconds(901);
  }
  expect(await present(sessions, token)).toMatchObject({ rotationDue: false });
  await sessions.renewSecrets(USER_ID);
  const next = await rotate(sessions, token);
  await present(sessions, next);
  clock.advanceSeconds(31);
  expect(await verdictOn(sessions, token)).toBe("token_reused");
});

test("a session that ends meanwhile stays ended", async () => {
  const { sessions, elsewhere, store } = startSessions();
  const { token } = await logIn(sessions);
  store.before("update", async () => void (await elsewhere.revokeAll(USER_ID)));
  expect(await sessions.renewSecrets(USER_ID)).toBe(0);
  expect(await verdictOn(sessions, token)).toBe("unknown");
});
