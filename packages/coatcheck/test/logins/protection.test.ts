import { expect, test } from "vitest";
import { logIn, setUp } from "./support.ts";

const ONE = { headers: { "user-agent": "one" } };
const TWO = { headers: { "user-agent": "two" } };

test("basic: the cookie works at another client, and is not fresh there", async () => {
  const { client } = setUp();
  const send = client();
  await send(logIn, ONE);
  expect(await send((visit) => visit.identify(), TWO)).toMatchObject({ user: { id: "ada" }, fresh: false });
  expect(await send((visit) => visit.identify(), ONE)).toMatchObject({ fresh: true });
});

test("strong: another client ends the session, and the record says why", async () => {
  const { client, events, sessions } = setUp({ logins: { sessionProtection: "strong" } });
  const send = client();
  await send(logIn, ONE);
  expect(await send((visit) => visit.identify(), TWO)).toBeNull();
  expect(await sessions.list("ada")).toEqual([]);
  expect(events).toContainEqual({ name: "revoked", event: expect.objectContaining({ reason: "client_changed" }) });
});

test("off: clients are all the same", async () => {
  const { client, events } = setUp({ logins: { sessionProtection: "off" } });
  const send = client();
  await send(logIn, ONE);
  expect(await send((visit) => visit.identify(), TWO)).toMatchObject({ fresh: true });
  expect(events.map(({ name }) => name)).not.toContain("session_protected");
});

test("what makes a client the same is the application's to say", async () => {
  const { client } = setUp({
    logins: {
      sessionProtection: "strong",
      isSameClient: ({ data }, visit) => data.language === visit.request.headers.get("accept-language"),
    },
  });
  const send = client();
  await send((visit) => logIn(visit, "ada", { data: { language: "fr" } }), ONE);
  expect(await send((visit) => visit.currentUser(), { headers: { ...TWO.headers, "accept-language": "fr" } })).toEqual({
    id: "ada",
  });
  expect(await send((visit) => visit.currentUser(), ONE)).toBeNull();
});
