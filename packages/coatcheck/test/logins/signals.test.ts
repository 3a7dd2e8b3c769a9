import { expect, test } from "vitest";
import { factsOf, logIn, setUp, userOf } from "./support.ts";

const DAY = 86_400;

/** What Flask-Login sends as signals, each by its name there. */
test("user_logged_in, user_logged_out", async () => {
  const { client, events } = setUp();
  const send = client();
  await send(logIn);
  await send((auth) => auth.logout());
  const about = expect.objectContaining({ userId: "ada" });
  expect(events).toEqual([
    { name: "logged_in", event: about },
    { name: "logged_out", event: about },
  ]);
});

test("user_accessed: once a request, the first time the user is asked for", async () => {
  const { client, events, loaded } = setUp();
  const send = client();
  await send(logIn);
  events.length = 0;
  loaded.length = 0;
  await send((auth) => Promise.all([auth.load(), userOf(auth), auth.requireLogin()]));
  expect(events).toEqual([{ name: "user_accessed", event: { userId: "ada" } }]);
  expect(loaded).toEqual(["ada"]);
  await client()(userOf);
  expect(events[1]).toEqual({ name: "user_accessed", event: { userId: null } });
});

test("user_accessed: not for a request whose handler does not ask", async () => {
  const { client, events, loaded } = setUp();
  const send = client();
  await send(logIn);
  events.length = 0;
  loaded.length = 0;
  await send(() => "a picture");
  expect([events, loaded]).toEqual([[], []]);
});

test("user_loaded_from_cookie: a remembered session that is no longer fresh", async () => {
  const { client, clock, events } = setUp();
  const send = client();
  await send((auth) => logIn(auth, "ada", { remember: true }));
  clock.advanceSeconds(DAY);
  const identity = await send(factsOf);
  expect(identity).toMatchObject({ user: { id: "ada" }, fresh: false });
  expect(events.map(({ name }) => name)).toContain("user_loaded_from_cookie");
});

test("user_loaded_from_request: and no session is begun", async () => {
  const { client, events, sessions } = setUp({ logins: { findRequestUser: () => ({ id: "ada" }) } });
  expect(await client()(factsOf)).toMatchObject({ user: { id: "ada" }, session: null });
  expect(events.map(({ name }) => name)).toEqual(["user_loaded_from_request", "user_accessed"]);
  expect(await sessions.list("ada")).toEqual([]);
});

test("the request loader is not asked where a session says who it is, nor for another origin's page", async () => {
  const asked: string[] = [];
  const findRequestUser = () => {
    asked.push("asked");
    return { id: "grace" };
  };
  const { client } = setUp({ logins: { findRequestUser } });
  const send = client();
  const login = await send(logIn);
  expect(login.ok).toBe(true);
  expect(await send(userOf)).toEqual({ id: "ada" });
  const evil = { headers: { origin: "https://evil.example" } };
  expect(await client()(userOf, evil)).toBeNull();
  expect(asked).toEqual([]);
});

test("user_login_confirmed", async () => {
  const { client, events } = setUp();
  const send = client();
  await send(logIn);
  await send((auth) => auth.confirm(() => true));
  expect(events.map(({ name }) => name)).toContain("reauthenticated");
});

test("user_unauthorized, user_needs_refresh", async () => {
  const { client, events } = setUp();
  const send = client();
  await send((auth) => auth.requireLogin(), { method: "GET" });
  await send((auth) => logIn(auth, "ada", { fresh: false }));
  await send((auth) => auth.requireFresh(), { method: "DELETE" });
  expect(events).toContainEqual({ name: "unauthorized", event: { method: "GET" } });
  expect(events).toContainEqual({
    name: "needs_refresh",
    event: expect.objectContaining({ userId: "ada", method: "DELETE" }),
  });
});

test("session_protected: once a request", async () => {
  const { client, events } = setUp();
  const send = client();
  await send(logIn, { headers: { "user-agent": "one" } });
  await send((auth) => Promise.all([auth.load(), auth.devices()]), { headers: { "user-agent": "two" } });
  expect(events.filter(({ name }) => name === "session_protected")).toEqual([
    { name: "session_protected", event: expect.objectContaining({ userId: "ada", protection: "basic" }) },
  ]);
});
