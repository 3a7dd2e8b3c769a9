import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** The same requests every time: what is found once is found again. */
const SEED = 20_260_725;
const RUNS = 2_500;
const REQUESTS_AT_ONCE = 4;

let upstream: Server;
let gateway: GatewayProcess;
let cookie: string;
/** What reached the upstream. */
const seen: IncomingMessage[] = [];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    seen.push(request);
    request.resume();
    response.end("ok");
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const to = { upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` };
  const routes = [
    { path: "/public/", access: "public", ...to },
    { path: "/app/", access: "login", identityHeaders: true, ...to },
    { path: "/app/admin/", access: "role:admin", ...to },
    { path: "/npm/", access: "public", allowEncodedSlash: true, allowParameters: true, ...to },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes) });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
  const client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
  cookie = client.cookieHeader;
});

afterAll(async () => {
  await gateway.dispose();
  upstream.closeAllConnections();
  upstream.close();
});

/** Everything that is answered before the connection ends, which the gateway does once we have no more to say. */
async function answersTo(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), "localhost");
  socket.on("error", () => {});
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  socket.end(Buffer.from(bytes, "latin1"));
  await once(socket, "close");
  return Buffer.concat(pieces).toString("latin1");
}

/** Mostly what is well formed, so that it gets far; now and then anything. */
const segment = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "public",
      "app",
      "admin",
      "APP",
      "Admin",
      "%61dmin",
      "auth",
      "me",
      "a%20b",
      "%3f",
      "%23",
    ),
  },
  fc.constantFrom("", ".", "..", "%2e", "%2e%2e", "..;", "%2f", "%5c", "\\", "%00", "%25", "%252e%252e", "%c0%af"),
  fc.constantFrom("a;b", "?", "#", "%u0041", "%", "\u00e9", "\t", "*", "@", "..%2fadmin", "..%5cadmin", ".%2e"),
  fc.string({ maxLength: 4, unit: "binary-ascii" }).map((text) => text.replaceAll(/[\r\n ]/g, "")),
);
const path = fc.array(segment, { maxLength: 3 }).map((segments) => segments.join("/"));
const target = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom("/public/", "/app/", "/app/", "/app/admin/", "/npm/"), path)
      .map(([first, rest]) => first + rest),
  },
  path.map((rest) => `/${rest}`),
  fc.constantFrom("*", "", "http://evil.example/app/x", "//evil.example/app/x", "evil.example:443", "/app/x?a=/../"),
);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant("GET") },
  { weight: 3, arbitrary: fc.constantFrom("POST", "HEAD", "PUT", "DELETE", "OPTIONS") },
  fc.constantFrom("TRACE", "PROPFIND", "PURGE", "CONNECT", "QUERY", "get", ""),
);
const header = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constantFrom(
        "Remote-User",
        "remote_user",
        "X-Remote.User",
        "X-Forwarded-For",
        "Forwarded",
        "X-Original-URL",
        "Authorization",
        "Proxy",
        "X-Real-IP",
        "x_forwarded_host",
        "Transfer_Encoding",
        "Keep-Alive",
        "TE",
      ),
      fc.constant("forged"),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant("Connection"),
      fc.constantFrom("close", "Upgrade", "authorization, remote-user, cookie, host, x-forwarded-for, content-length"),
    ),
  },
  fc.tuple(fc.constant("Upgrade"), fc.constantFrom("websocket", "h2c", "TLS/1.0")),
  fc.tuple(fc.constant("Transfer-Encoding"), fc.constantFrom("chunked", "gzip, chunked", "identity", "xchunked", "")),
  fc.tuple(fc.constant("Content-Length"), fc.constantFrom("0", "2", "-1", "+2", "0x2", "2, 2", "99999999999999999999")),
  fc.tuple(fc.constantFrom("Expect", "Trailer", "Range", "Origin", "Sec-Fetch-Site"), fc.string({ maxLength: 9 })),
  fc.tuple(fc.constantFrom("Cookie", "X-A", "Host", "Accept"), fc.string({ maxLength: 9, unit: "binary" })),
  fc.tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 })),
);
const request = fc.record({
  method,
  target,
  header: fc.array(header, { maxLength: 2 }),
  version: fc.oneof({ weight: 20, arbitrary: fc.constant("HTTP/1.1") }, fc.constantFrom("HTTP/1.0", "HTTP/2.0", "")),
  isSignedIn: fc.boolean(),
  isOurs: fc.boolean(),
  body: fc.oneof(
    { weight: 4, arbitrary: fc.constant("") },
    fc.constantFrom("{}", "2\r\nok\r\n0\r\n\r\n", "GET /app/admin/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  ),
});

describe("whatever a client sends", () => {
  test("nothing fails here, and no client gets further, or as another user, than it may", async () => {
    const sent = fc.sample(request, { seed: SEED, numRuns: RUNS * REQUESTS_AT_ONCE });
    const { host } = new URL(gateway.url);
    for (let first = 0; first < sent.length; first += REQUESTS_AT_ONCE) {
      const texts = sent.slice(first, first + REQUESTS_AT_ONCE).map((each) => {
        const headers = each.header.map(([name, value]) => `${name}: ${value}\r\n`).join("");
        const own = `Host: ${host}\r\n${each.isOurs ? "X-CSRF: 1\r\n" : ""}${each.isSignedIn ? `Cookie: ${cookie}\r\n` : ""}`;
        return `${each.method} ${each.target} ${each.version}\r\n${own}${headers}\r\n${each.body}`;
      });
      const answers = await Promise.all(texts.map(answersTo));
      for (const [index, answer] of answers.entries()) {
        if (/^HTTP\/1\.1 5(?!0[24])/m.test(answer)) expect.fail(`${JSON.stringify(texts[index])}\n${answer}`);
      }
    }
    expect(seen.length).toBeGreaterThan(1_000);
    for (const { url = "", headers, rawHeaders } of seen) {
      const decoded = decodeURIComponent(url.split("?", 1)[0] ?? "");
      expect(decoded).toMatch(/^\/(public|app|npm)(\/|$)/);
      expect(decoded).not.toMatch(/^\/app\/admin(\/|$)/);
      expect(decoded.split(/[/\\]/)).not.toContain("..");
      expect(rawHeaders).not.toContain("forged");
      expect(rawHeaders.join("\n")).not.toContain("coatcheck-");
      const isOfApp = /^\/app(\/|$)/.test(decoded);
      expect(headers.authorization ?? "").toMatch(isOfApp ? /^Bearer ey/ : /^$/);
      if (isOfApp) expect(headers["remote-email"]).toBe(ada.email);
    }
    expect((await fetch(`${gateway.url}/auth/heartbeat`)).status).toBe(200);
    expect(gateway.log).not.toContain('"level":50');
  }, 60_000);
});
