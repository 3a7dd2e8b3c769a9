import { expect, test } from "vitest";
import { logIn, setUp } from "./support.ts";

test("the request of the logout is itself nobody's from then on", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn);
  const seen = await send(async (visit) => {
    const before = await visit.currentUser();
    await visit.logout();
    return [before, await visit.currentUser(), (await visit.requireLogin()).admitted];
  });
  expect(seen).toEqual([{ id: "ada" }, null, false]);
});

test("a logout right after the login of the same request leaves nothing", async () => {
  const { client, sessions, setCookies } = setUp();
  const user = await client()(async (visit) => {
    await logIn(visit);
    await visit.logout();
    return visit.currentUser();
  });
  expect(user).toBeNull();
  expect(await sessions.list("ada")).toEqual([]);
  expect(setCookies).toEqual([expect.stringMatching(/^__Host-Http-session=;/)]);
});

test("nobody may log out, too: nothing ends, and nothing is announced", async () => {
  const { client, sessions, events } = setUp();
  await client()(logIn);
  events.length = 0;
  await client()((visit) => visit.logout());
  expect(events).toEqual([]);
  expect(await sessions.list("ada")).toHaveLength(1);
});
