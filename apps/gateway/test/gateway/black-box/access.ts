import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { IdentityVerifier } from "coatcheck/identity";
import { RemotePublicKeys } from "coatcheck/keys";
import { PassVerifier, RemoteRevocations } from "coatcheck/passes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../../support/client.ts";
import type { GatewayProcess } from "../../support/gateway-process.ts";
import { runProgram } from "../../support/run-command.ts";
import type { CreateGateway } from "./create-gateway.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };
const hedy = { email: "hedy@example.com", password: "frequencies that hop" };
const FILES = "https://files.example.com";
const SONG = "/songs/one.wav";

interface PassView {
  readonly url: string;
  readonly token: string;
  readonly expiresAt: string;
}

/** Passes and what verifies them, seen as a file service and an application see it. */
export function accessSuite(create: CreateGateway): void {
  describe("signed access", () => {
    let gateway: GatewayProcess;
    let application: Server;
    /** What the application was asked, and what it answers. */
    let asked: { readonly authorization: string | undefined; readonly body: unknown } | null = null;
    let answer = 204;

    beforeAll(async () => {
      application = createServer(async (request, response) => {
        const body = Buffer.concat(await request.toArray()).toString();
        asked = { authorization: request.headers.authorization, body: JSON.parse(body) };
        response.writeHead(answer).end();
      });
      await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve));
      gateway = await create({
        COATCHECK_FILES_URL: FILES,
        COATCHECK_PASS_PATHS: "/songs/,/terms.pdf",
        COATCHECK_PASS_RULE_URL: `${applicationUrl()}/may-open`,
      });
      await gateway.addUser(ada.email, ada.password, "Ada");
      await gateway.addUser(grace.email, grace.password, "Grace");
      await gateway.start();
    });

    afterAll(async () => {
      application.closeAllConnections();
      application.close();
      await gateway.dispose();
    });

    const applicationUrl = () => `http://127.0.0.1:${(application.address() as AddressInfo).port}`;

    async function loggedIn(user = ada): Promise<Client> {
      const client = new Client(gateway.url);
      expect((await client.login(user.email, user.password)).status).toBe(200);
      return client;
    }

    const passFor = async (client: Client, path: string) =>
      (await (await client.send("POST", "/auth/access", { path })).json()) as PassView;

    /** As a file service, which knows the gateway's URL and nothing else. */
    function fileService() {
      const keys = new RemotePublicKeys({ url: `${gateway.url}/auth/access/jwks.json` });
      const revocations = new RemoteRevocations({
        url: `${gateway.url}/auth/access/revocations`,
        issuer: gateway.url,
        keys,
      });
      const verifier = new PassVerifier({ issuer: gateway.url, audience: FILES, keys, revocations });
      const verdictOn = async (token: string, path = SONG) => {
        await revocations.poll();
        const verdict = await verifier.verify(token, { path });
        return verdict.accepted ? "accepted" : verdict.reason;
      };
      return { verdictOn };
    }

    async function problemOf(response: Response) {
      expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      return [response.status, ((await response.json()) as { code: string }).code];
    }

    test("POST /auth/access gives a pass that a file service believes, and that no cache keeps", async () => {
      const client = await loggedIn();
      const response = await client.send("POST", "/auth/access", { path: SONG });
      expect([response.status, response.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
      const pass = (await response.json()) as PassView;
      expect(pass).toEqual({
        url: `${FILES}${SONG}?token=${pass.token}`,
        token: pass.token,
        expiresAt: pass.expiresAt,
      });
      expect(Date.parse(pass.expiresAt) - Date.now()).toBeGreaterThan(290_000);
      const { verdictOn } = fileService();
      expect(await verdictOn(pass.token)).toBe("accepted");
      expect(await verdictOn(pass.token, "/songs/two.wav")).toBe("wrong_path");
    });

    test("a playlist gets its passes at once, all or none", async () => {
      const client = await loggedIn();
      const paths = ["/songs/one.wav", "/songs/two.wav", "/terms.pdf"];
      const { passes } = (await (await client.send("POST", "/auth/access", { paths })).json()) as {
        passes: readonly (PassView & { readonly path: string })[];
      };
      expect(passes.map(({ path }) => path)).toEqual(paths);
      const { verdictOn } = fileService();
      for (const { token, path } of passes) expect(await verdictOn(token, path)).toBe("accepted");
      answer = 403;
      const refused = await client.send("POST", "/auth/access", { paths: [...paths, "/private/diary.txt"] });
      expect(await problemOf(refused)).toEqual([403, "forbidden"]);
    });

    test("without a session there is none", async () => {
      const response = await new Client(gateway.url).send("POST", "/auth/access", { path: SONG });
      expect(await problemOf(response)).toEqual([401, "unauthenticated"]);
    });

    test.each([
      "/songs/100%25%20Hits.mp3",
      "/songs/AC%5CDC.mp3",
      "/songs/my%2520song.mp3",
      "/songs/what%3F%20No.%20%231.mp3",
    ])("a file may have any name: %s", async (path) => {
      const response = await (await loggedIn()).send("POST", "/auth/access", { path });
      const { url } = (await response.json()) as { url: string };
      expect([response.status, new URL(url).pathname]).toEqual([200, path]);
    });

    test.each([
      "/songs/..%5cone",
      "/songs/%252e%252e/one",
      "songs/one.wav",
      "/songs/../one",
      "/songs/%2e%2e/one",
      "/songs//one",
      "/a%2fb",
      "/one?x",
      "//evil",
    ])("the path %s is refused", async (path) => {
      expect(await problemOf(await (await loggedIn()).send("POST", "/auth/access", { path }))).toEqual([
        400,
        "invalid_path",
      ]);
    });

    test.each([{}, { path: 7 }, { path: SONG, paths: [SONG] }, { paths: [] }, { path: SONG, lifetime: 9 }])(
      "the body %j is refused",
      async (body) => {
        expect(await problemOf(await (await loggedIn()).send("POST", "/auth/access", body))).toEqual([
          400,
          "invalid_request",
        ]);
      },
    );

    test("a page of another site gets none", async () => {
      const client = await loggedIn();
      const response = await client.send("POST", "/auth/access", { path: SONG }, { "sec-fetch-site": "cross-site" });
      expect(await problemOf(response)).toEqual([403, "cross_origin_request"]);
    });

    describe("what only some users may open", () => {
      test("is asked of the application, which is told who asks", async () => {
        const client = await loggedIn();
        answer = 204;
        expect(
          await fileService().verdictOn((await passFor(client, "/private/a%20b.txt")).token, "/private/a%20b.txt"),
        ).toBe("accepted");
        const me = (await (await client.send("GET", "/auth/me")).json()) as { user: { id: string } };
        expect(asked?.body).toEqual({ path: "/private/a%20b.txt", userId: me.user.id });
        const keys = new RemotePublicKeys({ url: `${gateway.url}/.well-known/jwks.json` });
        const verifier = new IdentityVerifier({ issuer: gateway.url, audience: applicationUrl(), keys });
        expect(await verifier.verifyAuthorization(asked?.authorization)).toMatchObject({
          accepted: true,
          identity: { userId: me.user.id, email: ada.email, name: "Ada" },
        });
      });

      test("a whole folder is not opened by what is below it", async () => {
        answer = 403;
        for (const path of ["/", "/song", "/songs", "/private/"]) {
          const response = await (await loggedIn()).send("POST", "/auth/access", { path });
          expect(await problemOf(response)).toEqual([403, "forbidden"]);
        }
        expect(await (await loggedIn()).send("POST", "/auth/access", { path: "/songs/" })).toMatchObject({
          status: 200,
        });
      });

      test("an application that does not say is a fault, and no request is let through", async () => {
        for (answer of [200, 302, 404, 500]) {
          const response = await (await loggedIn()).send("POST", "/auth/access", { path: "/private/x" });
          expect(await problemOf(response)).toEqual([503, "unavailable"]);
        }
      });
    });

    describe("POST /auth/access/renew", () => {
      test("gives the same session the same again", async () => {
        const client = await loggedIn();
        const pass = await passFor(client, SONG);
        const response = await client.send("POST", "/auth/access/renew", { token: pass.token });
        expect(response.status).toBe(200);
        const { token } = (await response.json()) as PassView;
        expect(await fileService().verdictOn(token)).toBe("accepted");
      });

      test("nothing to another session, nor for what is no pass, nor without a session", async () => {
        const client = await loggedIn();
        const { token } = await passFor(client, SONG);
        const other = await loggedIn();
        expect(await problemOf(await other.send("POST", "/auth/access/renew", { token }))).toEqual([403, "forbidden"]);
        const broken = await client.send("POST", "/auth/access/renew", { token: `${token.slice(0, -4)}AAAA` });
        expect(await problemOf(broken)).toEqual([403, "forbidden"]);
        await client.send("POST", "/auth/logout");
        const late = await client.send("POST", "/auth/access/renew", { token });
        expect(await problemOf(late)).toEqual([401, "unauthenticated"]);
      });

      test("nothing to an account that was disabled while the question was still on its way", async () => {
        await gateway.addUser(hedy.email, hedy.password, "Hedy");
        const client = await loggedIn(hedy);
        const body = JSON.stringify({ token: (await passFor(client, SONG)).token });
        const headers = {
          cookie: client.cookieHeader,
          "x-csrf": "1",
          "content-type": "application/json",
          "content-length": String(body.length),
        };
        const asking = request(`${gateway.url}/auth/access/renew`, { method: "POST", headers });
        const answered = once(asking, "response") as Promise<[IncomingMessage]>;
        asking.flushHeaders();
        await once(asking, "socket");
        // The gateway has had the head by the time that a request after it is answered, and a command carried out.
        await client.send("GET", "/auth/me");
        // Node reads at its start which authorities it trusts, and a Redis may have one of its own.
        const { exitCode } = await runProgram(["users", "disable", hedy.email], gateway.environment);
        expect(exitCode).toBe(0);
        asking.end(body);
        const [response] = await answered;
        response.resume();
        expect(response.statusCode).toBe(401);
      });
    });

    describe("a session that ends takes its passes along", () => {
      const newPassword = "compilers are for people";
      const endings: readonly [string, typeof ada, (client: Client) => Promise<Response>][] = [
        ["by its logout", ada, (client) => client.send("POST", "/auth/logout")],
        ["from another device", ada, async () => (await loggedIn()).send("DELETE", "/auth/sessions")],
        [
          "by a new password",
          grace,
          (client) => client.send("PUT", "/auth/password", { currentPassword: grace.password, newPassword }),
        ],
      ];
      test.each(endings)("%s", async (_name, user, end) => {
        const client = await loggedIn(user);
        const { token } = await passFor(client, SONG);
        const { verdictOn } = fileService();
        expect(await verdictOn(token)).toBe("accepted");
        expect((await end(client)).ok).toBe(true);
        // The list may be two hundred milliseconds old.
        await expect.poll(() => verdictOn(token), { timeout: 5_000 }).toBe("session_ended");
      });
    });

    test("a pass is no session, and a session's token no pass", async () => {
      const client = await loggedIn();
      const { token: pass } = await passFor(client, SONG);
      const [name, token] = [...client.cookies].find(([each]) => each.startsWith("coatcheck-")) ?? ["", ""];
      const thief = new Client(gateway.url);
      thief.cookies.set(name, pass);
      expect((await thief.send("GET", "/auth/me")).status).toBe(401);
      const bearer = await new Client(gateway.url).send("GET", `/auth/me?token=${pass}`, undefined, {
        authorization: `Bearer ${pass}`,
      });
      expect(bearer.status).toBe(401);
      expect(await fileService().verdictOn(token)).toBe("malformed_token");
    });

    test("keys are public, kept by caches, and answered under any host name", async () => {
      for (const path of ["/.well-known/jwks.json", "/auth/access/jwks.json"]) {
        const response = await new Client(gateway.url).send("GET", path);
        expect(response.headers.get("cache-control")).toBe("public, max-age=300");
        expect(response.headers.get("content-type")).toMatch(/^application\/jwk-set\+json/);
        const { keys } = (await response.json()) as { keys: readonly object[] };
        expect(keys).toHaveLength(1);
        expect(Object.keys(keys[0] ?? {}).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
      }
      const list = await new Client(gateway.url).send("GET", "/auth/access/revocations");
      expect([list.headers.get("content-type"), list.headers.get("cache-control")]).toEqual([
        "application/jwt",
        "public, max-age=1",
      ]);
    });

    test("no token is in the log", async () => {
      const { token } = await passFor(await loggedIn(), SONG);
      expect(gateway.log).toContain("/auth/access");
      expect(gateway.log).not.toContain(token.slice(0, 40));
      expect(gateway.log).not.toMatch(/eyJ[A-Za-z0-9_-]+\.eyJ/);
    });
  });

  test("without a file service there are no passes, but keys", async () => {
    const gateway = await create();
    await gateway.start();
    try {
      const client = new Client(gateway.url);
      expect((await client.send("POST", "/auth/access", { path: SONG })).status).toBe(404);
      expect((await client.send("GET", "/.well-known/jwks.json")).status).toBe(200);
    } finally {
      await gateway.dispose();
    }
  });
}
