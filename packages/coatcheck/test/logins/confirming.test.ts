import type { LoginVisit } from "coatcheck";
import { expect, test } from "vitest";
import { logIn, type Person, setUp } from "./support.ts";

type Visit = LoginVisit<Person, null, Person>;
const confirm = async (visit: Visit, userId = "ada") => visit.confirmLogin(await visit.begin(userId));
const isFresh = async (visit: Visit) => (await visit.requireFreshLogin()).admitted;

test("a confirmed login is fresh again, and is the same session", async () => {
  const { client, clock, sessions } = setUp();
  const send = client();
  await send((visit) => logIn(visit, "ada", { data: { theme: "dark" } }));
  const [before] = await sessions.list("ada");
  clock.advanceSeconds(900);
  expect(await send(isFresh)).toBe(false);
  expect(await send(confirm)).toMatchObject({ outcome: "logged_in", session: { id: before?.id } });
  expect(await send(isFresh)).toBe(true);
  expect(await sessions.list("ada")).toMatchObject([{ id: before?.id, data: { theme: "dark" } }]);
});

test("a remembered session stays remembered when it is confirmed, and starts anew", async () => {
  const { client, clock, sessions, setCookies } = setUp();
  const send = client();
  await send((visit) => logIn(visit, "ada", { remember: true, fresh: false }));
  expect(await send(isFresh)).toBe(false);
  clock.advanceSeconds(6 * 86_400);
  await send(confirm);
  expect(await send(isFresh)).toBe(true);
  expect(setCookies.pop()).toMatch(/; Max-Age=2592000$/);
  expect(await sessions.list("ada")).toMatchObject([
    { remembered: true, absoluteExpiresAt: clock.now() + 30 * 86_400_000 },
  ]);
});

test("at another client it is replaced by one that keeps what it was", async () => {
  const { client, sessions, events } = setUp();
  const send = client();
  const other = { headers: { "user-agent": "new" } };
  await send((visit) => logIn(visit, "ada", { remember: true, data: { theme: "dark" } }), {
    headers: { "user-agent": "old" },
  });
  expect(await send(isFresh, other)).toBe(false);
  await send(confirm, other);
  expect(await send(isFresh, other)).toBe(true);
  expect(await sessions.list("ada")).toMatchObject([
    { remembered: true, data: { theme: "dark" }, device: { userAgent: "new" } },
  ]);
  expect(events).toContainEqual({ name: "revoked", event: expect.objectContaining({ reason: "replaced" }) });
});

test("nobody, and another's proof, confirm nothing", async () => {
  const { client, events } = setUp();
  const send = client();
  expect(await send(confirm)).toMatchObject({ refusal: { code: "unauthenticated", status: 401 } });
  expect(events).toEqual([]);
  await send((visit) => logIn(visit));
  expect(await send((visit) => confirm(visit, "grace"))).toMatchObject({
    refusal: { code: "other_user", status: 409 },
  });
});

test("a change of the session while the proof is checked is a conflict", async () => {
  const { client, sessions } = setUp();
  const send = client();
  await send((visit) => logIn(visit));
  const result = await send(async (visit) => {
    const attempt = await visit.begin("ada");
    const held = await visit.visit.authenticate();
    if (held.status === "authenticated") await sessions.replaceData(held, { changed: true });
    return visit.confirmLogin(attempt);
  });
  expect(result).toMatchObject({ refusal: { code: "session_changed", status: 409 } });
});

test("a step-up asks for a proof of less than so many seconds", async () => {
  const { client, clock, logins } = setUp();
  const send = client();
  const stepUp = async (visit: Visit) => (await visit.requireFreshLogin({ withinSeconds: 60 })).admitted;
  await send((visit) => logIn(visit));
  clock.advanceSeconds(59);
  expect(await send(stepUp)).toBe(true);
  clock.advanceSeconds(1);
  expect(await send(stepUp)).toBe(false);
  expect(await send(isFresh)).toBe(true);
  for (const withinSeconds of [0, -1, Number.NaN, 901]) {
    expect(() => logins.validateStepUp({ withinSeconds })).toThrow("freshForSeconds");
  }
});

test("an API key is never fresh", async () => {
  const { client } = setUp({ logins: { requestLoader: () => ({ id: "ada" }) } });
  expect(await client()((visit) => visit.requireFreshLogin())).toMatchObject({ code: "reauthentication_required" });
});
