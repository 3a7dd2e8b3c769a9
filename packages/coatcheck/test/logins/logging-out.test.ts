import { expect, test } from "vitest";
import { logIn, setUp, userOf } from "./support.ts";

test("the request of the logout has itself no user from then on", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn);
  const seen = await send(async (auth) => {
    const before = await userOf(auth);
    await auth.logout();
    return [before, await userOf(auth), auth.session, (await auth.requireLogin())?.code];
  });
  expect(seen).toEqual([{ id: "ada" }, null, null, "unauthenticated"]);
});

test("a logout right after the login of the same request leaves nothing", async () => {
  const { client, sessions, setCookies } = setUp();
  const user = await client()(async (auth) => {
    await logIn(auth);
    await auth.logout();
    return userOf(auth);
  });
  expect(user).toBeNull();
  expect(await sessions.list("ada")).toEqual([]);
  expect(setCookies).toEqual([expect.stringMatching(/^__Host-Http-session=;/)]);
});

test("a request without a session may log out, too: nothing ends, and nothing is announced", async () => {
  const { client, sessions, events } = setUp();
  await client()(logIn);
  events.length = 0;
  await client()((auth) => auth.logout());
  expect(events).toEqual([]);
  expect(await sessions.list("ada")).toHaveLength(1);
});
