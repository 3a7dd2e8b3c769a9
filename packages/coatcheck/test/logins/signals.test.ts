import { expect, test } from "vitest";
import { logIn, setUp } from "./support.ts";

const DAY = 86_400;

/** What Flask-Login sends as signals, each by its name there. */
test("user_logged_in, user_logged_out", async () => {
  const { client, events } = setUp();
  const send = client();
  await send(logIn);
  await send((visit) => visit.logout());
  const about = expect.objectContaining({ userId: "ada" });
  expect(events).toEqual([
    { name: "logged_in", event: about },
    { name: "logged_out", event: about },
  ]);
});

test("user_accessed: once a request, by whoever asks first", async () => {
  const { client, events, loaded } = setUp();
  const send = client();
  await send(logIn);
  events.length = 0;
  loaded.length = 0;
  await send((visit) => Promise.all([visit.currentUser(), visit.identify(), visit.requireLogin()]));
  expect(events).toEqual([{ name: "user_accessed", event: { userId: "ada" } }]);
  expect(loaded).toEqual(["ada"]);
  await client()((visit) => visit.currentUser());
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
  await send((visit) => logIn(visit, "ada", { remember: true }));
  clock.advanceSeconds(DAY);
  const identity = await send((visit) => visit.identify());
  expect(identity).toMatchObject({ user: { id: "ada" }, fresh: false });
  expect(events.map(({ name }) => name)).toContain("user_loaded_from_cookie");
});

test("user_loaded_from_request: and no session is begun", async () => {
  const { client, events, sessions } = setUp({ logins: { requestLoader: () => ({ id: "ada" }) } });
  expect(await client()((visit) => visit.identify())).toMatchObject({ user: { id: "ada" }, session: null });
  expect(events.map(({ name }) => name)).toEqual(["user_loaded_from_request", "user_accessed"]);
  expect(await sessions.list("ada")).toEqual([]);
});

test("the request loader is not asked where a session says who it is, nor for another origin's page", async () => {
  const asked: string[] = [];
  const requestLoader = () => {
    asked.push("asked");
    return { id: "grace" };
  };
  const { client } = setUp({ logins: { requestLoader } });
  const send = client();
  const login = await send(logIn);
  expect(login.outcome).toBe("logged_in");
  expect(await send((visit) => visit.currentUser())).toEqual({ id: "ada" });
  const evil = { headers: { origin: "https://evil.example" } };
  expect(await client()((visit) => visit.currentUser(), evil)).toBeNull();
  expect(asked).toEqual([]);
});

test("user_login_confirmed", async () => {
  const { client, events } = setUp();
  const send = client();
  await send(logIn);
  await send(async (visit) => visit.confirmLogin(await visit.begin("ada")));
  expect(events.map(({ name }) => name)).toContain("reauthenticated");
});

test("user_unauthorized, user_needs_refresh", async () => {
  const { client, events } = setUp();
  const send = client();
  await send((visit) => visit.requireLogin(), { method: "GET" });
  await send((visit) => logIn(visit, "ada", { fresh: false }));
  await send((visit) => visit.requireFreshLogin(), { method: "DELETE" });
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
  await send((visit) => Promise.all([visit.identify(), visit.sessions()]), { headers: { "user-agent": "two" } });
  expect(events.filter(({ name }) => name === "session_protected")).toEqual([
    { name: "session_protected", event: expect.objectContaining({ userId: "ada", protection: "basic" }) },
  ]);
});
