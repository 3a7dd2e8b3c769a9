import { join } from "node:path";
import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { extendsSession, isPoll } from "../../src/http/request-headers.ts";
import { emailOf, openTestAccounts, temporaryFolder } from "../accounts/support/test-accounts.ts";
import { openTestDecider } from "../support/test-decider.ts";
import { openTestDoor } from "../support/test-doors.ts";

const ORIGIN = "http://localhost:8080";

describe("a request shows that its user is there", () => {
  test.each([
    [{}, {}, true],
    [{ accept: "text/html" }, { slide: "true" }, true],
    [{ "coatcheck-slide": "false" }, {}, false],
    [{}, { slide: "false" }, false],
    [{ accept: "text/event-stream" }, {}, false],
  ])("%j %j: %s", (headers, query, expected) => {
    const request = { headers: new Headers(headers as Record<string, string>) };
    const url = `/auth/me?${new URLSearchParams(query as Record<string, string>)}`;
    expect(isPoll({ ...request, url })).toBe(!expected);
    // A query on a route's path is the service's own.
    expect(extendsSession(request)).toBe(expected || "slide" in query);
  });
});

test("a session ends although it is polled, and goes on while it is used", async () => {
  const { accounts, access, clock } = await openTestAccounts(join(temporaryFolder(), "accounts.sqlite"));
  const added = await accounts.add({ email: emailOf("ada@example.com"), name: "Ada", passwordHash: "none" });
  if (added.outcome !== "added") throw new Error("Ada is taken.");
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  const { auth } = openTestDoor({ sessions, accounts, origin: ORIGIN }).door;
  const decider = await openTestDecider({ origin: ORIGIN, store: access, clock });

  async function minutesOfLife(slide: boolean): Promise<number> {
    const login = await sessions.login(await sessions.begin(added.outcome === "added" ? added.account.id : ""));
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    for (let minutes = 10; minutes <= 120; minutes += 10) {
      clock.advanceSeconds(600);
      const cookie = `${auth.guard.cookie.name}=${login.token}`;
      const headers = new Headers({ cookie, ...(slide ? {} : { "coatcheck-slide": "false" }) });
      const session = auth.admit({ method: "GET", headers });
      if (!session.ok) throw new Error(session.code);
      const decision = await decider.decide(session, { kind: "login" }, "http://upstream");
      if (decision.outcome !== "granted") return minutes;
    }
    return Number.POSITIVE_INFINITY;
  }

  expect(await minutesOfLife(false)).toBe(60);
  expect(await minutesOfLife(true)).toBe(Number.POSITIVE_INFINITY);
});
