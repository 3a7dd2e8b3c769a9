import { SessionManager, standardPolicy } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { expect, test } from "vitest";
import { SecurityEvents } from "../../src/audit/security-events.ts";
import { reportSessionEvents } from "../../src/audit/session-events.ts";

function open({ isByUsers = true } = {}) {
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock, policy: standardPolicy });
  const security = new SecurityEvents();
  const told: unknown[][] = [];
  reportSessionEvents(sessions, security, { isByUsers });
  security.on(({ event, actorId = null, detail = {} }, origin) => {
    told.push([event, actorId, detail, origin?.requestId ?? null]);
  });
  async function logIn(options = {}) {
    const login = await sessions.login(await sessions.begin("ada"), options);
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    told.length = 0;
    return login;
  }
  return { clock, sessions, told, logIn };
}

/** As a visit says it. */
const inRequest = (id: string) => ({ cause: { id, method: "GET", headers: { get: () => null } } });

test("a cookie that was copied is recorded, without an actor, and then the end of its session", async () => {
  const { clock, sessions, told, logIn } = open();
  const { token } = await logIn({ remember: true });
  clock.advanceSeconds(86_400 + 60);
  const first = await sessions.authenticate(token);
  if (first.status !== "authenticated") throw new Error("no session");
  const rotated = await sessions.rotate(first, inRequest("owner"));
  expect(told).toEqual([["session_renewed", "ada", {}, "owner"]]);
  const next = rotated ?? "";
  await sessions.authenticate(next);
  clock.advanceSeconds(600);
  told.length = 0;
  expect((await sessions.authenticate(token, inRequest("thief"))).status).toBe("unauthenticated");
  expect(told).toEqual([
    ["authn_token_reuse", null, {}, "thief"],
    ["session_revoked", null, { reason: "token_reused" }, "thief"],
  ]);
});

test("a session past its time is told of when it is removed, and belongs to no request", async () => {
  const { clock, sessions, told, logIn } = open();
  await logIn();
  clock.advanceSeconds(2 * 86_400);
  await sessions.removeExpired(10);
  expect(told).toEqual([["session_expired", null, {}, null]]);
});

test("a session that its user ends is ended by them, and one that the command line ends has no actor", async () => {
  for (const isByUsers of [true, false]) {
    const { sessions, told, logIn } = open({ isByUsers });
    await logIn();
    await sessions.revokeAll("ada");
    expect(told).toEqual([["session_revoked", isByUsers ? "ada" : null, { reason: "revoked" }, null]]);
  }
});

test("requests that are served at the same time are not mistaken for each other", async () => {
  const { sessions, told, logIn } = open();
  const logins = await Promise.all([logIn(), logIn(), logIn()]);
  told.length = 0;
  await Promise.all(
    logins.map(({ authentication }, index) => sessions.logout(authentication, inRequest(`request-${index}`))),
  );
  expect(told.map(([, , , requestId]) => requestId).sort()).toEqual(["request-0", "request-1", "request-2"]);
});
