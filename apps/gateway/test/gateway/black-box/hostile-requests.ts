import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../../support/client.ts";
import type { GatewayProcess } from "../../support/gateway-process.ts";
import type { CreateGateway } from "./create-gateway.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

export function hostileRequestSuite(create: CreateGateway): void {
  describe("hostile requests", () => {
    let gateway: GatewayProcess;
    let cookieName: string;

    beforeAll(async () => {
      gateway = await create();
      cookieName = `coatcheck-${new URL(gateway.url).port}`;
      await gateway.addUser(ada.email, ada.password);
      await gateway.start();
    });

    afterAll(() => gateway.dispose());

    async function codeOf(response: Response): Promise<[number, string]> {
      return [response.status, ((await response.json()) as { code: string }).code];
    }

    async function loggedIn(headers?: Record<string, string>): Promise<Client> {
      const client = new Client(gateway.url, headers);
      expect((await client.login(ada.email, ada.password)).status).toBe(200);
      return client;
    }

    describe("requests that other sites make the browser send", () => {
      test.each([
        ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }],
        ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site" }],

        ["a foreign Origin", { origin: "https://evil.example" }],
        ["Origin: null", { origin: "null" }],
        ["our host under another scheme", { origin: "https://localhost" }],
      ])("login and logout by %s are refused, and change nothing", async (_why, headers) => {
        const client = await loggedIn();
        const script = new Client(gateway.url, {});
        expect(await codeOf(await script.send("POST", "/auth/login", ada, headers))).toEqual([
          403,
          "cross_origin_request",
        ]);
        expect(script.cookies.size).toBe(0);
        const logout = await client.send("POST", "/auth/logout", undefined, headers);
        expect(await codeOf(logout)).toEqual([403, "cross_origin_request"]);
        expect(logout.headers.getSetCookie()).toEqual([]);
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
      });

      test.each(["cross-site", "same-site", "banana"])(
        "our own Origin beside Sec-Fetch-Site: %s excuses nothing",
        async (site) => {
          const client = await loggedIn();
          const headers = { "sec-fetch-site": site, origin: gateway.url };
          const logout = await client.send("POST", "/auth/logout", undefined, headers);
          expect(await codeOf(logout)).toEqual([403, "cross_origin_request"]);
          expect((await client.send("GET", "/auth/me")).status).toBe(200);
        },
      );

      test("a script with the cookie has to say where it comes from", async () => {
        const client = await loggedIn({});
        expect(await codeOf(await client.send("POST", "/auth/logout"))).toEqual([403, "headerless_request"]);
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
        expect((await client.send("POST", "/auth/logout", undefined, { origin: gateway.url })).status).toBe(204);
      });

      test("GET, HEAD and OPTIONS change nothing anywhere", async () => {
        const client = await loggedIn();
        for (const path of ["/auth/logout", "/auth/login", "/auth/reauthenticate", "/auth/password"]) {
          for (const method of ["GET", "HEAD", "OPTIONS"]) {
            const response = await client.send(method, path);
            expect([method, path, response.status]).toEqual([method, path, 405]);
            expect(response.headers.get("allow")).toMatch(/^(POST|PUT)$/);
          }
        }
        expect((await client.send("GET", "/auth/me")).status).toBe(200);
      });
    });

    describe("session cookies", () => {
      test("two in one request are refused", async () => {
        const client = await loggedIn();
        const twice = `${client.cookieHeader}; ${cookieName}=${"A".repeat(64)}`;
        const response = await fetch(`${gateway.url}/auth/me`, { headers: { cookie: twice } });
        expect(await codeOf(response)).toEqual([400, "duplicate_session_cookie"]);
      });

      test.each([
        ["empty", ""],
        ["one character", "A"],
        ["truncated", "A".repeat(63)],
        ["over-long", "A".repeat(65)],
        ["very long", "A".repeat(8_000)],
        ["padded", `${"A".repeat(63)}=`],
        ["quoted", `"${"A".repeat(64)}"`],
        ["not base64url", "/+".repeat(32)],
        ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
        ["never issued", "A".repeat(64)],
      ])("%s: 401, no cookie, nothing created", async (_why, value) => {
        const response = await fetch(`${gateway.url}/auth/me`, { headers: { cookie: `${cookieName}=${value}` } });
        expect(await codeOf(response)).toEqual([401, "unauthenticated"]);
        expect(response.headers.getSetCookie()).toEqual([]);
      });

      test("the token is taken from the cookie and from nowhere else", async () => {
        const client = await loggedIn();
        const token = client.cookies.get(cookieName) ?? "";
        const attempts = [
          fetch(`${gateway.url}/auth/me?${cookieName}=${token}&token=${token}`),
          fetch(`${gateway.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } }),
          fetch(`${gateway.url}/auth/me`, { headers: { "x-session-token": token } }),
          fetch(`${gateway.url}/auth/me`, { headers: { cookie: `${cookieName.toUpperCase()}=${token}` } }),
          fetch(`${gateway.url}/auth/me`, { headers: { cookie: `=${cookieName}=${token}` } }),
        ];
        for (const response of await Promise.all(attempts)) expect(response.status).toBe(401);
      });

      test.each<[why: string, spell: (name: string) => string]>([
        ["upper case", (name) => name.toUpperCase()],
        ["a capital letter", (name) => name.replace("c", "C")],
        ["the prefixes in lower case", () => "__host-http-session"],
        ["a letter that folds to ASCII", (name) => name.replace("k", "\u212A")],
        ["no name, and the name in the value", (name) => `=${name}`],
        ["a space within", (name) => name.replace("-", " -")],
      ])(
        "%s in the name makes another cookie: worth nothing alone, and no harm beside the right one",
        async (_why, spell) => {
          const client = await loggedIn();
          const token = client.cookies.get(cookieName) ?? "";
          const other = `${spell(cookieName)}=${token}`;
          const answers = [];
          for (const cookie of [other, `${other}; ${cookieName}=${token}`, `${cookieName}=${token}; ${other}`]) {
            const header = Buffer.from(cookie, "utf8").toString("latin1");
            answers.push((await fetch(`${gateway.url}/auth/me`, { headers: { cookie: header } })).status);
          }
          expect(answers).toEqual([401, 200, 200]);
        },
      );

      test("ten thousand cookies in 64 kB are answered", async () => {
        const header = Array.from({ length: 10_000 }, (_, index) => `c${index % 10}=1`).join("; ");
        const answer = await sendRaw(`GET /auth/me HTTP/1.1\r\nHost: localhost\r\nCookie: ${header}\r\n\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 (401|431) /);
        const small = Array.from({ length: 2_500 }, (_, index) => `c${index % 10}=1`).join("; ");
        expect((await fetch(`${gateway.url}/auth/me`, { headers: { cookie: small } })).status).toBe(401);
        expect((await new Client(gateway.url).send("GET", "/auth/heartbeat")).status).toBe(200);
      });
    });

    describe("bodies", () => {
      const json = { "content-type": "application/json" };

      test.each<[why: string, headers: Record<string, string>, body: string, status: number, code: string]>([
        ["broken JSON", json, '{"email":', 400, "broken_json"],
        ["an empty body", json, "", 400, "invalid_request"],
        ["no object", json, '"text"', 400, "invalid_request"],
        ["an array", json, "[]", 400, "invalid_request"],
        ["a missing field", json, '{"email":"a@example.com"}', 400, "invalid_request"],
        ["a wrong type", json, '{"email":"a@example.com","password":1}', 400, "invalid_request"],
        ["an object for a password", json, '{"email":"a@example.com","password":{"$ne":1}}', 400, "invalid_request"],
        ["an unknown field", json, '{"email":"a@example.com","password":"x","admin":true}', 400, "invalid_request"],
        ["a polluted prototype", json, '{"email":"a@example.com","password":"x","__proto__":{}}', 400, "broken_json"],
        ["text/plain", { "content-type": "text/plain" }, '{"email":"a","password":"b"}', 415, "unsupported_media_type"],
        ["a form", { "content-type": "application/x-www-form-urlencoded" }, "email=a", 415, "unsupported_media_type"],
        ["JSON in disguise", { "content-type": "text/plain; application/json" }, "{}", 415, "unsupported_media_type"],
        ["too large", json, JSON.stringify({ email: "a", password: "x".repeat(20_000) }), 413, "body_too_large"],
      ])("%s", async (_why, headers, body, status, code) => {
        const response = await fetch(`${gateway.url}/auth/login`, { method: "POST", headers, body });
        expect(await codeOf(response)).toEqual([status, code]);
      });

      test("a content type with a charset, in any case, is JSON too", async () => {
        const headers = { "content-type": "Application/JSON; Charset=UTF-8" };
        const response = await fetch(`${gateway.url}/auth/login`, {
          method: "POST",
          headers,
          body: JSON.stringify(ada),
        });
        expect(response.status).toBe(200);
      });

      const nothing = ["Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", ""];
      const types = ["application/json", "application/x-www-form-urlencoded", "text/plain;charset=UTF-8"];
      const ask = async (client: Client, line: string, headers: string, body = "") => {
        const own = `Host: ${new URL(gateway.url).host}\r\nOrigin: ${gateway.url}\r\nCookie: ${client.cookieHeader}\r\n`;
        const end = headers.includes("chunked") ? "0\r\n\r\n" : body;
        const answer = await sendRaw(`${line} HTTP/1.1\r\n${own}${headers}Connection: close\r\n\r\n${end}`);
        return [Number(answer.split(" ")[1]), /"code":"([^"]+)"/.exec(answer)?.[1] ?? null];
      };

      test.each(types)("a client that says %s of no body logs out, and ends its other sessions", async (type) => {
        for (const framing of nothing) {
          // With chunks, the server does not know beforehand that there is no body.
          if (framing.includes("chunked") && type !== "application/json") continue;
          const client = await loggedIn();
          const headers = `Content-Type: ${type}\r\n${framing}`;
          expect(await ask(client, "DELETE /auth/sessions", headers)).toEqual([200, null]);
          expect(await ask(client, "DELETE /auth/sessions/AAAAAAAAAAAA", headers)).toEqual([404, "not_found"]);
          expect(await ask(client, "POST /auth/logout", headers)).toEqual([204, null]);
          expect((await client.send("GET", "/auth/me")).status).toBe(401);
        }
      });

      test.each(types)("a logout ends the session, whatever body of type %s comes along", async (type) => {
        const client = await loggedIn();
        const headers = `Content-Type: ${type}\r\nContent-Length: 3\r\n`;
        expect(await ask(client, "POST /auth/logout", headers, "a=b")).toEqual([204, null]);
        expect((await client.send("GET", "/auth/me")).status).toBe(401);
      });

      test("no content type at all", async () => {
        const body = JSON.stringify(ada);
        const answer = await sendRaw(
          `POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 415 /);
      });
    });

    describe("other host names", () => {
      const ask = (path: string, headers: string) =>
        sendRaw(`GET ${path} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`);

      test.each([
        ["another name", "Host: evil.example"],
        ["another name that a header excuses", "Host: evil.example\r\nX-Forwarded-Host: localhost"],
        ["a name that begins like ours", "Host: localhost.evil.example"],
        ["no name", "Host:"],
      ])("%s: 421", async (_why, headers) => {
        expect(await ask("/auth/heartbeat", headers)).toMatch(/^HTTP\/1\.1 421 /);
      });

      test.each(["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8080"])("%s is this machine", async (host) => {
        expect(await ask("/auth/heartbeat", `Host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /);
      });

      test("health is answered under any host, because load balancers ask by address", async () => {
        expect(await ask("/auth/health/live", "Host: 10.0.0.7")).toMatch(/^HTTP\/1\.1 200 /);
      });
    });

    describe("broken requests", () => {
      test.each([
        [
          "both lengths",
          "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
        ["two lengths", "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"],
        ["a folded header", "GET /auth/me HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n"],
        ["a space before the colon", "GET /auth/me HTTP/1.1\r\nHost : a\r\n\r\n"],
        ["no protocol", "GET /auth/me\r\n\r\n"],
        ["garbage", "\u0000\u0001\u0002\r\n\r\n"],
        ["a broken escape", "GET /auth/profile/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
      ])("%s: 4xx, and the gateway goes on", async (_why, text) => {
        const answer = await sendRaw(text);
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
        expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/i);
        expect(answer).toMatch(/\r\nx-content-type-options: nosniff/i);
        expect((await new Client(gateway.url).send("GET", "/auth/heartbeat")).status).toBe(200);
      });

      test("an unknown path is 404 with a problem", async () => {
        expect(await codeOf(await fetch(`${gateway.url}/auth/nothing`))).toEqual([404, "not_found"]);
        expect(await codeOf(await fetch(`${gateway.url}/auth/assets/..%2f..%2fpackage.json`))).toEqual([
          404,
          "not_found",
        ]);
      });
    });

    test("every answer carries the baseline of security headers", async () => {
      for (const path of ["/auth/me", "/auth/nothing", "/auth/sign-in", "/auth/heartbeat"]) {
        const { headers } = await fetch(gateway.url + path);
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(headers.get("content-security-policy")).toContain("default-src 'none'");
        expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
        expect(headers.get("access-control-allow-origin")).toBeNull();
      }
    });

    test("an Origin header cannot write control characters into the log", async () => {
      await sendRaw(
        "POST /auth/logout HTTP/1.1\r\nHost: localhost\r\nOrigin: \u009b31mEVIL\r\nConnection: close\r\n\r\n",
      );
      await expect.poll(() => gateway.log).toContain('"origin":"invalid"');
      expect(gateway.log).not.toContain("EVIL");
    });

    test("the log holds no password and no token, whatever was sent", async () => {
      const client = await loggedIn();
      const token = client.cookies.get(cookieName) ?? "?";
      await fetch(`${gateway.url}/auth/me?token=${token}`, { headers: { authorization: `Bearer ${token}` } });
      await client.login(ada.email, "a wrong password, typed by mistake");
      await client.login("line\nbreak@example.com", "another\r\nforged line");
      await gateway.kill("SIGTERM");
      const secrets = [token, token.slice(32), ada.password, "typed by mistake", "forged line"];
      for (const secret of secrets) expect(gateway.log).not.toContain(secret);
      for (const line of gateway.log.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
      await gateway.start();
    });

    function sendRaw(text: string): Promise<string> {
      return new Promise((resolve, reject) => {
        const socket = connect({ port: Number(new URL(gateway.url).port), host: "localhost" });
        let answer = "";
        socket.setTimeout(10_000, () => socket.destroy(new Error(`No answer: ${answer}`)));
        socket.on("data", (chunk) => {
          answer += chunk.toString("latin1");
          if (answer.includes("\r\n\r\n")) socket.end();
        });
        socket.on("close", () => resolve(answer));
        socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
        socket.write(text, "latin1");
      });
    }
  });
}
