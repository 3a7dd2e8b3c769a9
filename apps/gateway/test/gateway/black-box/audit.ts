import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../../support/client.ts";
import type { GatewayProcess } from "../../support/gateway-process.ts";
import { runCommand } from "../../support/run-command.ts";
import type { CreateGateway } from "./create-gateway.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
/** Session tokens and device tokens, and JWTs up to their dot: a session id may hold "eyJ" by chance. */
const SECRETS = /[A-Za-z0-9_-]{40,}|eyJ[A-Za-z0-9_-]+\./;

interface Row {
  readonly event: string;
  readonly outcome: string;
  readonly userId: string | null;
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What each thing that is done over HTTP and on the command line leaves in the audit log. */
export function auditSuite(create: CreateGateway): void {
  describe("the audit log", () => {
    let gateway: GatewayProcess;
    /** Where the last test stopped reading. */
    let seen = 0;

    beforeAll(async () => {
      const routes = [{ path: "/admin/", upstream: "http://127.0.0.1:9", access: "role:admin" }];
      gateway = await create({
        COATCHECK_ROUTES: JSON.stringify(routes),
        COATCHECK_FILES_URL: "http://localhost:1",
        COATCHECK_PASS_PATHS: "/songs/",
      });
      await gateway.addUser(ada.email, ada.password, "Ada");
      await gateway.addUser(grace.email, grace.password, "Grace");
      await gateway.start();
    });

    afterAll(() => gateway.dispose());

    async function all(): Promise<readonly Row[]> {
      const { exitCode, stdout, stderr } = await runCommand(
        ["audit", "tail", "--json", "--limit", "10000"],
        gateway.environment,
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Row);
    }

    /** The events since the last time, once so many of them are written. */
    async function next(count: number): Promise<readonly Row[]> {
      for (;;) {
        const rows = (await all()).slice(seen);
        if (rows.length >= count) {
          seen += rows.length;
          return rows;
        }
        await delay(100);
      }
    }

    /** The events since the last time, up to the one that `act` leaves last. Others may be written long before it. */
    async function until(last: string, act: () => Promise<unknown>): Promise<readonly Row[]> {
      await act();
      const rows: Row[] = [];
      while (rows.at(-1)?.event !== last) rows.push(...(await next(1)));
      return rows;
    }

    async function loggedIn(user = ada): Promise<Client> {
      const client = new Client(gateway.url, { "x-csrf": "1", "user-agent": "a test" });
      expect((await client.login(user.email, user.password)).status).toBe(200);
      return client;
    }

    const names = (rows: readonly Row[]) => rows.map(({ event }) => event);

    test("users that were added, by no user", async () => {
      const rows = await next(2);
      expect(names(rows)).toEqual(["user_created", "user_created"]);
      expect(rows[0]).toMatchObject({ outcome: "success", actorId: null, detail: { by: "operator" } });
    });

    test("a login: who, from where, with what, and the session", async () => {
      const client = await loggedIn();
      const { user, session } = (await (await client.send("GET", "/auth/me")).json()) as {
        user: { id: string };
        session: { id: string };
      };
      const rows = await next(2);
      expect(names(rows)).toEqual(["session_created", "authn_login_success"]);
      for (const row of rows) {
        expect(row).toMatchObject({ outcome: "success", actorId: user.id, userId: user.id, sessionId: session.id });
        expect(row.clientAddress).toMatch(/^(127\.0\.0\.1|::1)$/);
        expect(row.userAgent).toBe("a test");
      }
      expect(rows[0]?.requestId).toBe(rows[1]?.requestId);
      expect(gateway.log).toContain(`"reqId":"${rows[0]?.requestId}"`);
      expect((await client.send("POST", "/auth/logout")).status).toBe(204);
      expect(await next(1)).toMatchObject([{ event: "session_logout", actorId: user.id, sessionId: session.id }]);
    });

    test("logins that fail: the account is named, and what was typed for an address is not kept", async () => {
      const client = new Client(gateway.url);
      expect((await client.login(ada.email, "wrong password 1")).status).toBe(401);
      expect((await client.login("P@ssw0rd", "wrong password 2")).status).toBe(401);
      expect((await client.login("a\r\n\u001b[2Jb@example.com", "wrong password 3")).status).toBe(401);
      const rows = await next(3);
      expect(names(rows)).toEqual(["authn_login_fail", "authn_login_fail", "authn_login_fail"]);
      expect(rows.map(({ outcome, actorId, userId }) => [outcome, actorId, userId !== null])).toEqual([
        ["failure", null, true],
        ["failure", null, false],
        ["failure", null, false],
      ]);
    });

    test("a password proved again and changed, and failures of both", async () => {
      const client = await loggedIn(grace);
      await client.send("POST", "/auth/reauthenticate", { password: "wrong password 4" });
      expect((await client.send("POST", "/auth/reauthenticate", { password: grace.password })).status).toBe(200);
      const change = { currentPassword: "wrong password 5", newPassword: "a cobol of new words" };
      expect((await client.send("PUT", "/auth/password", change)).status).toBe(403);
      const right = { ...change, currentPassword: grace.password };
      expect((await client.send("PUT", "/auth/password", right)).status).toBe(204);
      const rows = await next(8);
      expect(names(rows)).toEqual([
        "session_created",
        "authn_login_success",
        "authn_reauthenticate_fail",
        "authn_reauthenticated",
        "authn_password_change_fail",
        "session_revoked",
        "authn_password_change",
        "session_created",
      ]);
      expect(rows[5]).toMatchObject({ detail: { reason: "credentials_changed" } });
    });

    test("devices signed out: one, all others, and too often", async () => {
      const [first, second] = [await loggedIn(), await loggedIn()];
      await loggedIn();
      const { session } = (await (await first.send("GET", "/auth/me")).json()) as { session: { id: string } };
      expect((await second.send("DELETE", `/auth/sessions/${session.id}`)).status).toBe(204);
      for (let index = 0; index < 6; index++) await second.send("DELETE", "/auth/sessions");
      const rows = (await next(9)).slice(6);
      expect(names(rows)).toEqual(["session_revoked", "session_revoked", "excess_rate_limit_exceeded"]);
      expect(rows[0]).toMatchObject({ sessionId: session.id, detail: { reason: "revoked" } });
      for (const { userId, actorId } of rows) expect(actorId).toBe(userId);
    });

    test("what is not allowed, and requests of other origins", async () => {
      const client = await loggedIn();
      await next(2);
      expect((await client.send("GET", "/admin/users")).status).toBe(403);
      expect((await client.send("GET", "/auth/profile/another-user")).status).toBe(403);
      expect((await client.send("POST", "/auth/access", { path: "/songs2/a" })).status).toBe(403);
      const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      expect((await client.send("POST", "/auth/logout", undefined, evil)).status).toBe(403);
      const rows = await next(4);
      expect(rows.map(({ event, detail }) => [event, detail])).toEqual([
        ["authz_fail", { asked: "role:admin", audience: expect.any(String) }],
        ["authz_fail", { asked: "profile_of_another" }],
        ["authz_fail", { asked: "pass", path: "/songs2/a" }],
        ["malicious_csrf", { reason: "cross_origin_request", method: "POST", origin: "https://evil.example" }],
      ]);
    });

    test("what an operator does", async () => {
      const environment = gateway.environment;
      await loggedIn();
      await next(2);
      for (const words of [
        ["users", "edit", ada.email, "--roles", "admin,dj"],
        ["users", "edit", ada.email, "--name", "Countess"],
        ["users", "disable", ada.email],
        ["users", "enable", ada.email],
        ["passes", "void"],
      ]) {
        expect(await runCommand(words, environment)).toMatchObject({ exitCode: 0, stderr: "" });
      }
      const set = await runCommand(["users", "set-password", ada.email, "--password-stdin"], environment, ada.password);
      expect(set).toMatchObject({ exitCode: 0 });
      const rows = await next(7);
      expect(rows.every(({ actorId }) => actorId === null)).toBe(true);
      const about = rows.map(({ event, detail: { by, systemUser, ...rest } }) => [event, rest]);
      expect(about).toContainEqual(["privilege_permissions_changed", { from: [], to: ["admin", "dj"] }]);
      expect(about).toContainEqual(["user_updated", { changed: ["name"] }]);
      expect(new Set(names(rows))).toEqual(
        new Set([
          "privilege_permissions_changed",
          "user_updated",
          "session_revoked",
          "user_disabled",
          "user_enabled",
          "authn_token_revoked",
          "authn_password_change",
        ]),
      );
    });

    test("no row holds a secret, and no row is two", async () => {
      const client = await loggedIn();
      const agent = "x\u0080\u009b31m";
      await client.send("POST", "/auth/login", ada, { "user-agent": agent, cookie: client.cookieHeader });
      await next(2);
      const rows = await all();
      const text = JSON.stringify(rows);
      for (const value of client.cookies.values()) expect(text).not.toContain(value.slice(0, 20));
      for (const { password } of [ada, grace]) expect(text).not.toContain(password);
      for (const secret of ["wrong password", "ssw0rd", "cobol", "analytical"]) expect(text).not.toContain(secret);
      for (const row of rows) {
        for (const value of Object.values(row).flatMap((each) => Object.values({ ...[each].flat() }))) {
          expect(JSON.stringify(value)).not.toMatch(SECRETS);
          if (typeof value === "string") expect(value).not.toMatch(UNPRINTABLE);
        }
      }
    });

    // The last: how many it was too many for is written up to a minute later.
    test("a flood of refusals leaves a few rows", async () => {
      const client = await loggedIn();
      await next(2);
      const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      for (let index = 0; index < 200; index++) await client.send("POST", "/auth/logout", undefined, evil);
      const written = await until("authn_login_success", () => loggedIn());
      // Ten a minute and a sum: three minutes' worth, in case the clock's minute turns while they are sent.
      expect(names(written).filter((name) => name === "malicious_csrf").length).toBeLessThanOrEqual(33);
    });
  });
}
