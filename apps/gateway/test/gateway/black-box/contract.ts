import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../../support/client.ts";
import type { GatewayProcess } from "../../support/gateway-process.ts";
import type { CreateGateway } from "./create-gateway.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function contractSuite(create: CreateGateway): void {
  describe("the HTTP contract", () => {
    let gateway: GatewayProcess;

    beforeAll(async () => {
      gateway = await create();
      await gateway.addUser(ada.email, ada.password, "Ada");
      await gateway.addUser(grace.email, grace.password, "Grace");
      await gateway.start();
    });

    afterAll(() => gateway.dispose());

    async function loggedIn(user = ada, remember?: boolean): Promise<Client> {
      const client = new Client(gateway.url);
      expect((await client.login(user.email, user.password, remember)).status).toBe(200);
      return client;
    }

    async function problemOf(response: Response) {
      expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      expect(response.headers.get("cache-control")).toContain("no-store");
      const problem = (await response.json()) as { type: string; status: number; code: string };
      expect(problem).toMatchObject({ type: "about:blank", status: response.status });
      return [response.status, problem.code];
    }

    test("GET /auth/heartbeat", async () => {
      const response = await new Client(gateway.url).send("GET", "/auth/heartbeat");
      expect([response.status, await response.json()]).toEqual([200, { status: "OK" }]);
    });

    test("GET /auth/health/live and ready", async () => {
      for (const path of ["/auth/health/live", "/auth/health/ready"]) {
        expect((await new Client(gateway.url).send("GET", path)).status).toBe(200);
      }
    });

    describe("POST /auth/login", () => {
      test("200 with user and session, and the cookie", async () => {
        const client = new Client(gateway.url);
        const response = await client.login(ada.email, ada.password);
        expect(response.status).toBe(200);
        expect(await response.json()).toEqual({
          user: { id: expect.any(String), name: "Ada", email: ada.email },
          session: {
            id: expect.stringMatching(/^[A-Za-z0-9_-]{12}$/),
            current: true,
            device: expect.any(String),
            site: null,
            ip: expect.any(String),
            createdAt: expect.stringMatching(ISO_TIME),
            lastSeenAt: expect.stringMatching(ISO_TIME),
            expiresAt: expect.stringMatching(ISO_TIME),
            remembered: false,
          },
        });
        const port = new URL(gateway.url).port;
        const cookie = response.headers.getSetCookie().find((text) => text.startsWith(`coatcheck-${port}=`));
        expect(cookie).toMatch(/^coatcheck-\d+=[A-Za-z0-9_-]{64}; Path=\/; HttpOnly; SameSite=Lax$/);
        expect(response.headers.get("cache-control")).toBe("private, no-store");
      });

      test("remember makes the cookie and the session last", async () => {
        const client = new Client(gateway.url);
        const response = await client.login(ada.email, ada.password, true);
        // Thirty days, less what passed since: never longer than the session.
        const ages = response.headers.getSetCookie().map((text) => Number(/Max-Age=(\d+)/.exec(text)?.[1]));
        expect(ages.some((age) => age > 2_591_900 && age <= 2_592_000)).toBe(true);
        expect(await response.json()).toMatchObject({ session: { remembered: true } });
      });

      test("the address is found in any case and with spaces around it", async () => {
        expect((await new Client(gateway.url).login(" ADA@Example.COM ", ada.password)).status).toBe(200);
      });

      test("401 invalid_credentials, one answer for every cause", async () => {
        const answers = await Promise.all([
          new Client(gateway.url).login(ada.email, "not her password at all"),
          new Client(gateway.url).login("nobody@example.com", ada.password),
          new Client(gateway.url).login("not an address", ada.password),
          new Client(gateway.url).login(ada.email, ""),
        ]);
        const bodies = await Promise.all(answers.map((answer) => answer.text()));
        expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
        expect(new Set(bodies).size).toBe(1);
        expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ code: "invalid_credentials" });
        const headerNames = answers.map((answer) => [...answer.headers.keys()].sort().join());
        expect(new Set(headerNames).size).toBe(1);
        expect(answers.flatMap((answer) => answer.headers.getSetCookie())).toEqual([]);
      });

      test("a failed login leaves the session that is there alone", async () => {
        const client = await loggedIn();
        expect((await client.login(ada.email, "not her password at all")).status).toBe(401);
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
      });

      test("ends the session that the browser held", async () => {
        const client = await loggedIn();
        const copy = client.copy();
        await client.login(grace.email, grace.password);
        expect((await copy.send("GET", "/auth/me")).status).toBe(401);
        expect(await (await client.send("GET", "/auth/me")).json()).toMatchObject({ user: { name: "Grace" } });
      });
    });

    describe("POST /auth/logout", () => {
      test("204, and the copied cookie is dead from then on", async () => {
        const client = await loggedIn();
        const copy = client.copy();
        const response = await client.send("POST", "/auth/logout");
        expect([response.status, await response.text()]).toEqual([204, ""]);
        expect(response.headers.getSetCookie()[0]).toContain("Max-Age=0");
        expect(response.headers.get("cache-control")).toBe("private, no-store");
        expect(await problemOf(await copy.send("GET", "/auth/me"))).toEqual([401, "unauthenticated"]);
      });

      test("204 without a login", async () => {
        expect((await new Client(gateway.url).send("POST", "/auth/logout")).status).toBe(204);
      });
    });

    describe("GET /auth/me and /auth/profile/{userId}", () => {
      test("who I am, and by which session", async () => {
        const client = await loggedIn();
        const response = await client.send("GET", "/auth/me");
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({ user: { name: "Ada" }, session: { current: true } });
        expect(response.headers.getSetCookie()).toEqual([]);
        expect(response.headers.get("cache-control")).toBe("private, no-cache");
        expect(response.headers.get("vary")).toContain("Cookie");
      });

      test("401 without a session", async () => {
        const response = await new Client(gateway.url).send("GET", "/auth/me");
        expect(await problemOf(response)).toEqual([401, "unauthenticated"]);
        expect(response.headers.getSetCookie()).toEqual([]);
      });

      test("one's own profile; 403 for another user's and for one of no user; 401 without a session", async () => {
        const [adaClient, graceClient] = [await loggedIn(ada), await loggedIn(grace)];
        const { user } = (await (await adaClient.send("GET", "/auth/me")).json()) as { user: { id: string } };
        const own = await adaClient.send("GET", `/auth/profile/${user.id}`);
        expect([own.status, await own.json()]).toEqual([200, { id: user.id, name: "Ada", email: ada.email }]);
        const path = `/auth/profile/${user.id}`;
        expect(await problemOf(await graceClient.send("GET", path))).toEqual([403, "forbidden"]);
        expect(await problemOf(await graceClient.send("GET", "/auth/profile/1"))).toEqual([403, "forbidden"]);
        expect(await problemOf(await new Client(gateway.url).send("GET", path))).toEqual([401, "unauthenticated"]);
      });
    });

    interface SessionItem {
      readonly id: string;
      readonly current: boolean;
    }

    async function listOf(client: Client): Promise<SessionItem[]> {
      const response = await client.send("GET", "/auth/sessions");
      expect(response.status).toBe(200);
      return ((await response.json()) as { sessions: SessionItem[] }).sessions;
    }

    describe("the device list", () => {
      test("lists all sessions of the user, marks one's own, and holds no token", async () => {
        const [first, second] = [await loggedIn(grace), await loggedIn(grace)];
        const list = await listOf(first);
        expect(list.filter((session) => session.current)).toHaveLength(1);
        expect(list.length).toBeGreaterThanOrEqual(2);
        for (const session of list) {
          expect(Object.keys(session).sort()).toEqual(
            ["createdAt", "current", "device", "expiresAt", "id", "ip", "lastSeenAt", "remembered", "site"].sort(),
          );
        }
        const token = [...second.cookies].find(([name]) => /^coatcheck-\d+$/.test(name))?.[1] ?? "?";
        expect(JSON.stringify(list)).not.toContain(token.slice(32));
      });

      test("DELETE /auth/sessions/{id} ends another of one's own at once", async () => {
        const [mine, other] = [await loggedIn(), await loggedIn()];
        const otherId = (await listOf(other)).find((session) => session.current)?.id;
        expect((await mine.send("DELETE", `/auth/sessions/${otherId}`)).status).toBe(204);
        expect((await other.send("GET", "/auth/me")).status).toBe(401);
        expect((await mine.send("GET", "/auth/me")).status).toBe(200);
        expect(await problemOf(await mine.send("DELETE", `/auth/sessions/${otherId}`))).toEqual([404, "not_found"]);
      });

      test("one's own id is a logout", async () => {
        const client = await loggedIn();
        const copy = client.copy();
        const id = (await listOf(client)).find((session) => session.current)?.id;
        const response = await client.send("DELETE", `/auth/sessions/${id}`);
        expect([response.status, response.headers.getSetCookie()[0]]).toEqual([
          204,
          expect.stringContaining("Max-Age=0"),
        ]);
        expect((await copy.send("GET", "/auth/me")).status).toBe(401);
      });

      test("404 for another user's session, which lives on", async () => {
        const [adaClient, graceClient] = [await loggedIn(ada), await loggedIn(grace)];
        const id = (await listOf(graceClient)).find((session) => session.current)?.id;
        expect(await problemOf(await adaClient.send("DELETE", `/auth/sessions/${id}`))).toEqual([404, "not_found"]);
        expect((await graceClient.send("GET", "/auth/me")).status).toBe(200);
      });

      test("DELETE /auth/sessions ends all others, and ?include=current all", async () => {
        const [mine, other] = [await loggedIn(grace), await loggedIn(grace)];
        const copy = mine.copy();
        const others = await mine.send("DELETE", "/auth/sessions");
        expect(others.status).toBe(200);
        expect(((await others.json()) as { revoked: number }).revoked).toBeGreaterThanOrEqual(1);
        expect((await other.send("GET", "/auth/me")).status).toBe(401);
        expect(await listOf(mine)).toHaveLength(1);

        const all = await mine.send("DELETE", "/auth/sessions?include=current");
        expect([all.status, await all.json()]).toEqual([200, { revoked: 1 }]);
        expect(all.headers.getSetCookie()[0]).toContain("Max-Age=0");
        expect((await copy.send("GET", "/auth/me")).status).toBe(401);
      });

      test("any other ?include is 400 and ends nothing", async () => {
        const client = await loggedIn(grace);
        expect(await problemOf(await client.send("DELETE", "/auth/sessions?include=all"))).toEqual([
          400,
          "invalid_request",
        ]);
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
      });

      test("at most five times a minute per session", async () => {
        const client = await loggedIn(grace);
        for (let count = 0; count < 5; count++) {
          expect((await client.send("DELETE", "/auth/sessions")).status).toBe(200);
        }
        const sixth = await client.send("DELETE", "/auth/sessions");
        expect(await problemOf(sixth)).toEqual([429, "too_many_attempts"]);
        expect(Number(sixth.headers.get("retry-after"))).toBeGreaterThan(0);
      });
    });

    describe("POST /auth/reauthenticate", () => {
      test("200 with the session and a rotated cookie; the old one stays good while the new one is on its way", async () => {
        const client = await loggedIn();
        const before = client.copy();
        const response = await client.send("POST", "/auth/reauthenticate", { password: ada.password });
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({ session: { current: true } });
        expect(client.cookieHeader).not.toBe(before.cookieHeader);
        expect((await before.send("GET", "/auth/me")).status).toBe(200);
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
        expect((await before.send("GET", "/auth/me")).status).toBe(200);
        expect(await problemOf(await before.send("DELETE", "/auth/sessions"))).toEqual([
          403,
          "reauthentication_required",
        ]);
      });

      test("403 invalid_credentials for a wrong password, 401 without a session", async () => {
        const client = await loggedIn();
        const wrong = await client.send("POST", "/auth/reauthenticate", { password: "not her password at all" });
        expect(await problemOf(wrong)).toEqual([403, "invalid_credentials"]);
        expect(wrong.headers.getSetCookie()).toEqual([]);
        const anonymous = await new Client(gateway.url).send("POST", "/auth/reauthenticate", {
          password: ada.password,
        });
        expect(await problemOf(anonymous)).toEqual([401, "unauthenticated"]);
      });
    });

    describe("PUT /auth/password", () => {
      const user = { email: "changing@example.com", password: "a password that will change" };
      const newPassword = "the password that it became";

      test("204: all sessions end, the caller gets a new one, the old password is dead", async () => {
        await gateway.addUser(user.email, user.password);
        const [client, other] = [await loggedIn(user), await loggedIn(user)];
        const before = client.copy();

        const wrong = { currentPassword: "not the password at all", newPassword };
        expect(await problemOf(await client.send("PUT", "/auth/password", wrong))).toEqual([
          403,
          "invalid_credentials",
        ]);
        for (const [refused, reason] of [
          ["too short", "too_short"],
          [user.password, "unchanged"],
        ]) {
          const body = { currentPassword: user.password, newPassword: refused };
          const answer = await client.send("PUT", "/auth/password", body);
          expect(await answer.clone().json()).toMatchObject({ reasons: [reason] });
          expect(await problemOf(answer)).toEqual([422, "password_refused"]);
        }
        expect((await other.send("GET", "/auth/me")).status).toBe(200);

        const change = { currentPassword: user.password, newPassword };
        expect((await client.send("PUT", "/auth/password", change)).status).toBe(204);
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
        for (const copy of [before, other]) expect((await copy.send("GET", "/auth/me")).status).toBe(401);
        expect(await listOf(client)).toHaveLength(1);
        expect((await new Client(gateway.url).login(user.email, user.password)).status).toBe(401);
        expect((await new Client(gateway.url).login(user.email, newPassword)).status).toBe(200);
      });
    });
  });
}
