import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { IdentityVerifier } from "coatcheck/identity";
import { RemotePublicKeys } from "coatcheck/keys";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runCommand } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const MEGABYTE = 1_048_576;

let upstream: Server;
let gateway: GatewayProcess;
/** What the upstream does with the next requests. */
let serve: (request: IncomingMessage, response: ServerResponse) => unknown;
/** Requests that reached it. */
let seen: IncomingMessage[];

const upstreamUrl = () => `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const answerPlainly = (_request: IncomingMessage, response: ServerResponse) => response.end("from upstream");

beforeAll(async () => {
  upstream = createServer((incoming, response) => {
    seen.push(incoming);
    serve(incoming, response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const to = { upstream: upstreamUrl(), timeoutSeconds: 2 };
  const routes = [
    { path: "/public/", access: "public", ...to },
    { path: "/app/", access: "login", identityHeaders: true, ...to },
    { path: "/app/danger/", access: "fresh_login", ...to },
    { path: "/app/admin/", access: "role:admin", ...to },
    { path: "/npm/", access: "public", allowEncodedSlash: true, ...to },
    { path: "/gone/", access: "public", upstream: "http://127.0.0.1:9" },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes), COATCHECK_FRESH_FOR_SECONDS: "1" });
  await gateway.addUser(ada.email, ada.password, "Ada");
  await gateway.start();
});

afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await gateway.dispose();
});

function reset(next: typeof serve = answerPlainly): void {
  seen = [];
  serve = next;
}

async function loggedIn(): Promise<Client> {
  const client = new Client(gateway.url);
  expect((await client.login(ada.email, ada.password)).status).toBe(200);
  return client;
}

/** A request as its bytes are, which fetch would tidy up. */
async function raw(target: string, headers: Readonly<Record<string, string>> = {}, method = "GET") {
  const { port } = new URL(gateway.url);
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: "localhost", port, path: target, method, headers, agent: false }, resolve)
      .on("error", reject)
      .end();
  });
  return {
    status: message.statusCode,
    headers: message.headers,
    body: Buffer.concat(await message.toArray()).toString(),
  };
}

describe("who gets through", () => {
  test("every client, unknown, where a route is public", async () => {
    reset();
    const client = await loggedIn();
    for (const visitor of [new Client(gateway.url), client]) {
      const response = await visitor.send("GET", "/public/page");
      expect([response.status, await response.text()]).toEqual([200, "from upstream"]);
      expect(response.headers.get("cache-control")).toBeNull();
    }
    for (const { headers } of seen) expect([headers.authorization, headers.cookie]).toEqual(["", undefined]);
  });

  test("a user who is logged in, as themselves, by a token that the upstream can verify", async () => {
    reset();
    const client = await loggedIn();
    const response = await client.send("GET", "/app/page?x=1");
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "private, no-cache"]);
    const [{ url, headers } = { url: "", headers: {} as IncomingMessage["headers"] }] = seen;
    expect(url).toBe("/app/page?x=1");
    expect(headers["remote-email"]).toBe(ada.email);
    const keys = new RemotePublicKeys({ url: `${gateway.url}/.well-known/jwks.json` });
    const verifier = new IdentityVerifier({ issuer: gateway.url, audience: upstreamUrl(), keys });
    expect(await verifier.verifyAuthorization(headers.authorization)).toMatchObject({
      accepted: true,
      identity: { email: ada.email, name: "Ada", roles: [] },
    });
  });

  test("no other client: a script is told, a person is sent to sign in and comes back", async () => {
    reset();
    const client = new Client(gateway.url);
    const refused = await client.send("GET", "/app/page");
    expect([refused.status, refused.headers.get("content-type")]).toEqual([
      401,
      "application/problem+json; charset=utf-8",
    ]);
    const page = await raw("/app/page?tab=1", { accept: "text/html", "sec-fetch-mode": "navigate" });
    expect([page.status, page.headers.location]).toEqual([303, "/auth/sign-in?next=%2Fapp%2Fpage%3Ftab%3D1"]);
    expect(seen).toHaveLength(0);
  });

  test("who has just proved who they are, where the route asks for it", async () => {
    reset();
    // A login is fresh for a second here: where the machine is slower than that, another one is tried.
    const client = await vi.waitFor(
      async () => {
        const tried = await loggedIn();
        expect((await tried.send("GET", "/app/danger/x")).status).toBe(200);
        return tried;
      },
      { timeout: 20_000 },
    );
    const stale = await vi.waitFor(
      async () => {
        const answer = await client.send("GET", "/app/danger/x");
        expect(answer.status).toBe(403);
        return answer;
      },
      { timeout: 20_000 },
    );
    expect(await stale.json()).toMatchObject({ code: "reauthentication_required" });
    expect((await client.send("GET", "/app/page")).status).toBe(200);
  });

  test("who has the role, from the moment on that they have it", async () => {
    reset();
    const client = await loggedIn();
    const roles = (text: string) => runCommand(["users", "edit", ada.email, "--roles", text], gateway.environment);
    expect((await client.send("GET", "/app/admin/x")).status).toBe(403);
    expect((await roles("admin,listener")).stdout).toContain("with the roles admin, listener");
    expect((await client.send("GET", "/app/admin/x")).status).toBe(200);
    expect(seen.at(-1)?.headers["remote-groups"]).toBeUndefined();
    await client.send("GET", "/app/page");
    expect(seen.at(-1)?.headers["remote-groups"]).toBe("admin,listener");
    await roles("");
    expect((await client.send("GET", "/app/admin/x")).status).toBe(403);
  });

  test("a page of another site does not, with a user's cookie", async () => {
    reset();
    const client = await loggedIn();
    const evil = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect((await client.send("POST", "/app/page", {}, evil)).status).toBe(403);
    expect(seen).toHaveLength(0);
  });

  test("what another site posts to a public route, such as a payment's answer, and its calls of a public API", async () => {
    reset((request, response) => {
      response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
      response.end("from upstream");
    });
    const stranger = new Client(gateway.url, {});
    const evil = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    const form = { ...evil, "content-type": "application/x-www-form-urlencoded", "sec-fetch-mode": "navigate" };
    expect((await stranger.send("POST", "/public/saml/acs", "SAMLResponse=x", form)).status).toBe(200);
    const asks = { ...evil, "access-control-request-method": "PUT" };
    for (const [method, headers] of [
      ["OPTIONS", asks],
      ["PUT", evil],
    ] as const) {
      const answer = await stranger.send(method, "/public/api", method === "PUT" ? {} : undefined, headers);
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, evil.origin]);
    }
    expect(seen.map(({ method }) => method)).toEqual(["POST", "OPTIONS", "PUT"]);
    // No browser of the last years sends the cookie along.
    const client = await loggedIn();
    expect((await client.send("POST", "/public/saml/acs", {}, evil)).status).toBe(403);
    for (const path of ["/app/page", "/auth/login"]) {
      expect((await stranger.send("POST", path, {}, evil)).status).toBe(403);
    }
    expect(seen).toHaveLength(3);
  });

  test("who has logged out does not", async () => {
    reset();
    const client = await loggedIn();
    const copy = client.copy();
    await client.send("POST", "/auth/logout");
    expect((await copy.send("GET", "/app/page")).status).toBe(401);
  });
});

describe("what is forwarded", () => {
  test("the path as it was read, in the one way to write it, and the query as it came", async () => {
    reset();
    for (const target of ["/public/a%20b?q=%2f&r=a+b%61", "/npm/@scope%2fname", "/public/%61"]) await raw(target);
    expect(seen.map(({ url }) => url)).toEqual(["/public/a%20b?q=%2f&r=a+b%61", "/npm/@scope%2Fname", "/public/a"]);
  });

  test.each([
    "/public/../app/page",
    "/public//x",
    "/public/%2e%2e/app/page",
    "/public/a%2fb",
    "/public/a%252fb",
    "/public/a;b",
    "/public/a%00",
    "/public/a\\b",
    "http://localhost/public/x",
    "/public/%c0%af",
    "/npm/a%2f..%2fb",
    "/public/.",
  ])("nothing that is ambiguous: %s", async (target) => {
    reset();
    const { status, body } = await raw(target, { host: new URL(gateway.url).host });
    expect([status, JSON.parse(body).code]).toEqual([400, expect.stringMatching(/^invalid_(path|request)$/)]);
    expect(seen).toHaveLength(0);
  });

  test("no TRACE, which would be answered with the token", async () => {
    reset();
    expect((await raw("/public/x", {}, "TRACE")).status).toBe(405);
    expect(seen).toHaveLength(0);
  });

  test("a body of any kind and size, as a stream", async () => {
    let received = 0;
    reset((incoming, response) => {
      incoming.on("data", (piece: Buffer) => (received += piece.length));
      incoming.on("end", () => response.end(String(received)));
    });
    const client = await loggedIn();
    const body = Buffer.alloc(32 * MEGABYTE, "x");
    const response = await fetch(`${gateway.url}/app/upload`, {
      method: "PUT",
      body,
      headers: { cookie: client.cookieHeader, "x-csrf": "1", "content-type": "application/octet-stream" },
    });
    expect([response.status, await response.text()]).toEqual([200, String(body.length)]);
  });

  test("a body that goes on after the answer has begun, for longer than either may be silent", async () => {
    reset((incoming, response) => {
      response.write("begun\n");
      incoming.on("end", () => response.end("all of it"));
      incoming.resume();
    });
    const { host, port } = new URL(gateway.url);
    const socket = connect({ host: "localhost", port: Number(port) });
    let received = "";
    socket.on("data", (piece) => (received += piece));
    const pieces = 30;
    socket.write(
      `POST /public/x HTTP/1.1\r\nhost: ${host}\r\norigin: ${gateway.url}\r\ncontent-length: ${pieces}\r\n\r\n`,
    );
    for (let piece = 0; piece < pieces; piece++) {
      socket.write("x");
      await delay(100);
    }
    await expect.poll(() => received).toMatch(/^HTTP\/1.1 200 OK.*begun.*all of it/s);
    socket.destroy();
  });

  test("what cannot be sent on leaves its connection to the next request", async () => {
    const { host, port } = new URL(gateway.url);
    const size = 4_000_000;
    const socket = connect({ host: "localhost", port: Number(port) });
    let received = "";
    socket.on("data", (piece) => (received += piece));
    socket.write(`POST /gone/x HTTP/1.1\r\nhost: ${host}\r\norigin: ${gateway.url}\r\ncontent-length: ${size}\r\n\r\n`);
    socket.write("x".repeat(size));
    socket.write(`GET /auth/heartbeat HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    await expect.poll(() => received, { timeout: 10_000 }).toMatch(/^HTTP\/1.1 502 .*HTTP\/1.1 200 OK.*"OK"/s);
    socket.destroy();
  });

  test("no coding but the framing, which would be taken off with it", async () => {
    reset();
    const options = { "transfer-encoding": "gzip, chunked", origin: gateway.url };
    expect((await raw("/public/x", options, "POST")).status).toBe(400);
    expect(seen).toHaveLength(0);
  });

  test("answers as they are: status, headers, and no more of them than it sends", async () => {
    reset((_request, response) => {
      response.writeHead(418, { "x-tea": "green", etag: '"1"', "set-cookie": ["a=1", "coatcheck-9=stolen"] });
      response.end("short and stout");
    });
    const client = await loggedIn();
    const response = await client.send("GET", "/app/tea");
    expect([response.status, await response.text()]).toEqual([418, "short and stout"]);
    expect([response.headers.get("x-tea"), response.headers.get("etag")]).toEqual(["green", '"1"']);
    expect(response.headers.getSetCookie()).toEqual(["a=1"]);
    expect(response.headers.get("content-security-policy")).toBeNull();
  });

  test("an answer that is public stays with its reader where it depends on the session", async () => {
    reset((_request, response) => response.writeHead(200, { "cache-control": "public, max-age=60" }).end("mine"));
    const client = await loggedIn();
    expect((await client.send("GET", "/app/x")).headers.get("cache-control")).toBe("private, max-age=60");
    expect((await client.send("GET", "/public/x")).headers.get("cache-control")).toBe("public, max-age=60");
  });

  test("events, each when it happens", async () => {
    let response: ServerResponse | null = null;
    reset((_request, answer) => {
      response = answer;
      answer.writeHead(200, { "content-type": "text/event-stream" });
      answer.write("data: 1\n\n");
    });
    const client = await loggedIn();
    const stream = await fetch(`${gateway.url}/app/events`, { headers: { cookie: client.cookieHeader } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("data: 1\n\n");
    (response as ServerResponse | null)?.write("data: 2\n\n");
    expect((await reader?.read())?.value).toBe("data: 2\n\n");
    await reader?.cancel();
  });

  test("HEAD and 304 have no body", async () => {
    reset((_request, response) => response.writeHead(200, { "content-length": "13" }).end());
    const head = await raw("/public/x", {}, "HEAD");
    expect([head.status, head.headers["content-length"], head.body]).toEqual([200, "13", ""]);
    reset((_request, response) => response.writeHead(304, { etag: '"1"' }).end());
    expect(await raw("/public/x")).toMatchObject({ status: 304, body: "" });
  });
});

describe("an upstream", () => {
  test("that is not there is a 502", async () => {
    const response = await new Client(gateway.url).send("GET", "/gone/x");
    expect([response.status, await response.json()]).toMatchObject([502, { code: "upstream_unreachable" }]);
  });

  test("that takes no connections is soon not waited for by any request, and that is logged once", async () => {
    const retryAfter = async () => {
      const response = await new Client(gateway.url).send("GET", "/gone/x");
      expect([response.status, await response.json()]).toMatchObject([502, { code: "upstream_unreachable" }]);
      return response.headers.get("retry-after");
    };
    // All but the one request a second by which it is looked for.
    await expect.poll(retryAfter, { interval: 1 }).toBe("1");
    expect(gateway.log.match(/"upstream_down"/g)).toHaveLength(1);
  });

  test("that says nothing is a 504", async () => {
    reset(() => {});
    const response = await new Client(gateway.url).send("GET", "/public/x");
    expect([response.status, await response.json()]).toMatchObject([504, { code: "upstream_timeout" }]);
  });

  test("that breaks off in the middle is seen to have", async () => {
    reset((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(raw("/public/x")).rejects.toThrow();
  });

  test("is told when the client has gone", async () => {
    const closed = new Promise<void>((resolve) => {
      reset((_request, response) => {
        response.on("close", resolve);
        response.writeHead(200).write("begin");
      });
    });
    const aborted = new AbortController();
    const response = await fetch(`${gateway.url}/public/x`, { signal: aborted.signal });
    aborted.abort();
    await closed;
    expect(response.status).toBe(200);
  });
});
