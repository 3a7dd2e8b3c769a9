import { expect, test } from "vitest";
import { factsOf, logIn, setUp, userOf } from "./support.ts";

const ONE = { headers: { "user-agent": "one" } };
const TWO = { headers: { "user-agent": "two" } };

test.each(["basic", "strong"] as const)("%s: the client that logged in stays as it was", async (sessionProtection) => {
  const { client, events } = setUp({ logins: { sessionProtection } });
  const send = client();
  await send(logIn, ONE);
  for (const _ of [1, 2]) {
    expect(await send(factsOf, ONE)).toMatchObject({ user: { id: "ada" }, fresh: true });
  }
  expect(events.map(({ name }) => name)).not.toContain("session_protected");
});

test.each(["basic", "strong", "off"] as const)(
  "%s: a request without a session meets no protection",
  async (sessionProtection) => {
    const { client, events, setCookies } = setUp({ logins: { sessionProtection } });
    for (const own of [ONE, TWO]) expect(await client()(userOf, own)).toBeNull();
    expect(events.map(({ name }) => name)).toEqual(["user_accessed", "user_accessed"]);
    expect(setCookies).toEqual([]);
  },
);

test("an address is no part of what a client is: telephones change theirs from one request to the next", async () => {
  const { client, sessions } = setUp({ logins: { sessionProtection: "strong" } });
  const send = client();
  await send(logIn, { ...ONE, clientAddress: "192.0.2.7" });
  const moved = { ...ONE, clientAddress: "2001:db8::7" };
  expect(await send(factsOf, moved)).toMatchObject({ fresh: true });
  expect(await sessions.list("ada")).toMatchObject([{ device: { ip: "192.0.2.7" } }]);
});

test("basic: the cookie works at another client, and is not fresh there", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn, ONE);
  expect(await send(factsOf, TWO)).toMatchObject({ user: { id: "ada" }, fresh: false });
  expect(await send(factsOf, ONE)).toMatchObject({ fresh: true });
});

test("strong: another client ends the session, and the record says why", async () => {
  const { client, events, sessions } = setUp({ logins: { sessionProtection: "strong" } });
  const send = client();
  await send(logIn, ONE);
  expect(await send(userOf, TWO)).toBeNull();
  expect(await sessions.list("ada")).toEqual([]);
  expect(events).toContainEqual({ name: "revoked", event: expect.objectContaining({ reason: "client_changed" }) });
});

test("strong: a remembered session is no exception", async () => {
  const { client, clock, events, sessions, setCookies } = setUp({ logins: { sessionProtection: "strong" } });
  const send = client();
  await send((auth) => logIn(auth, "ada", { remember: true }), ONE);
  clock.advanceSeconds(3_600);
  expect(await send(userOf, TWO)).toBeNull();
  expect(await sessions.list("ada")).toEqual([]);
  expect(setCookies.pop()).toMatch(/^__Host-Http-session=;/);
  expect(events.filter(({ name }) => name === "session_protected")).toEqual([
    { name: "session_protected", event: expect.objectContaining({ userId: "ada", protection: "strong" }) },
  ]);
});

test("off: clients are all the same", async () => {
  const { client, events } = setUp({ logins: { sessionProtection: "off" } });
  const send = client();
  await send(logIn, ONE);
  expect(await send(factsOf, TWO)).toMatchObject({ fresh: true });
  expect(events.map(({ name }) => name)).not.toContain("session_protected");
});

test("what makes a client the same is the application's to say", async () => {
  const { client } = setUp({
    logins: {
      sessionProtection: "strong",
      isSameClient: ({ data }, { headers }) => data.language === headers.get("accept-language"),
    },
  });
  const send = client();
  await send((auth) => logIn(auth, "ada", { data: { language: "fr" } }), ONE);
  expect(await send(userOf, { headers: { ...TWO.headers, "accept-language": "fr" } })).toEqual({
    id: "ada",
  });
  expect(await send(userOf, ONE)).toBeNull();
});

test("strong: a session that is first looked at after the headers left ends, and is none", async () => {
  const { client, sessions, logins } = setUp({ logins: { sessionProtection: "strong" } });
  const send = client();
  await send(logIn, ONE);
  await send(async (auth) => {
    const admitted = logins.admit(auth.request);
    if (!admitted.ok) throw new Error(admitted.code);
    await admitted.finish({ status: 200, headers: new Headers() });
    expect((await admitted.load()).user).toBeNull();
  }, TWO);
  expect(await sessions.list("ada")).toEqual([]);
});

test("strong: another client gets no token for forms, and none that it has is good", async () => {
  const { client } = setUp({ logins: { sessionProtection: "strong" } });
  const send = client();
  await send(logIn, ONE);
  const token = await send((auth) => auth.csrfToken(), ONE);
  expect(await send((auth) => auth.isCsrfTokenValid(token ?? ""), ONE)).toBe(true);
  const stolen = client();
  await stolen(logIn, ONE);
  expect(await stolen((auth) => auth.csrfToken(), TWO)).toBeNull();
  expect(await send((auth) => auth.isCsrfTokenValid(token ?? ""), TWO)).toBe(false);
});
