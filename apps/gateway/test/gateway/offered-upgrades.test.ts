import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** As curl --http2 and the JDK's HttpClient send it with the first request of a connection. */
const H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n";

const NO_ROOM = 'Content-Type: application/json\r\nRetry-After: 30\r\nContent-Length: 17\r\n\r\n{"why":"no room"}';
const refusals: Readonly<Record<string, string>> = {
  401: `HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer\r\nSet-Cookie: coatcheck=x\r\n${NO_ROOM}`,
  429: `HTTP/1.1 429 No\r\nX-Name: Zo\xeb\r\n${NO_ROOM}`,
  302: `HTTP/1.1 302 No\r\nLocation: /app/elsewhere\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
  404: `HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n`,
  503: `HTTP/1.1 503 No\r\nContent-Length: 20000\r\n\r\n${"x".repeat(20_000)}`,
  200: `HTTP/1.1 200 OK\r\n${NO_ROOM}`,
  broken: `HTTP/1.1 500 No\r\nContent-Length: 20\r\n\r\nabc`,
};

let service: Server;
let gateway: GatewayProcess;
let seen: IncomingMessage[] = [];

beforeAll(async () => {
  service = createServer(async (request, response) => {
    seen.push(request);
    response.end(`service got ${Buffer.concat(await request.toArray()).toString()}`);
  });
  // Refuses as its path says.
  service.on("upgrade", ({ url = "" }: IncomingMessage, socket: Duplex) =>
    socket.end(refusals[url.split("/")[2] ?? ""], "latin1"),
  );
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const upstream = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const routes = [
    { path: "/open/", access: "public", upstream },
    { path: "/app/", access: "login", upstream, timeoutSeconds: 2 },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes) });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
});

afterAll(async () => {
  service.closeAllConnections();
  service.close();
  await gateway.dispose();
});

/** The first answer to a request that offers HTTP/2, and the second, to one that follows on its connection. */
async function offered(line: string, { headers = "", body = "" } = {}): Promise<string[]> {
  const { port, host } = new URL(gateway.url);
  const socket = connect(Number(port), "localhost");
  const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
  socket.write(`${line} HTTP/1.1\r\nHost: ${host}\r\n${H2C}${headers}${length}\r\n${body}`);
  socket.write(`GET /auth/heartbeat HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return Buffer.concat(await socket.toArray())
    .toString()
    .split(/(?=HTTP\/1\.1 )/);
}

test.each(["/.well-known/jwks.json", "/auth/heartbeat", "/auth/health/ready", "/auth/sign-in"])(
  "a client that offers HTTP/2 reads %s",
  async (path) => {
    const [first, second] = await offered(`GET ${path}`);
    expect(first).toMatch(/^HTTP\/1\.1 200 /);
    expect(second).toMatch(/^HTTP\/1\.1 200 /);
  },
);

test("it is forwarded to a service, with its body and without its offer", async () => {
  seen = [];
  const [first, second] = await offered("POST /open/x", { body: "a body" });
  expect(first).toMatch(/^HTTP\/1\.1 200 [\s\S]*service got a body/);
  expect(second).toMatch(/^HTTP\/1\.1 200 /);
  expect(Object.keys(seen[0]?.headers ?? {}).filter((name) => /upgrade|http2/.test(name))).toEqual([]);
});

test("it logs in, and reads what is for those who are logged in, without saying where it comes from", async () => {
  const credentials = { headers: "Content-Type: application/json\r\n", body: JSON.stringify(ada) };
  expect((await offered("POST /auth/login", credentials))[0]).toMatch(/^HTTP\/1\.1 200 /);
  const client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
  const headers = `Cookie: ${client.cookieHeader}\r\n`;
  expect((await offered("GET /app/x", { headers }))[0]).toMatch(/^HTTP\/1\.1 200 [\s\S]*service got/);
  // As for any other request of a script that changes something.
  expect((await offered("POST /auth/logout", { headers }))[0]).toMatch(/^HTTP\/1\.1 403 [\s\S]*headerless_request/);
});

test("a client whose WebSocket a service refuses is told what the service said, and when to try again", async () => {
  const client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
  const asks = `Origin: ${gateway.url}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`;
  const refusalOf = async (what: string) => {
    const { port, host } = new URL(gateway.url);
    const socket = connect(Number(port), "localhost");
    socket.write(`GET /app/${what} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${client.cookieHeader}\r\n${asks}\r\n`);
    return Buffer.concat(await socket.toArray()).toString("latin1");
  };
  const unauthorized = await refusalOf("401");
  expect(unauthorized).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n(?:[\s\S]*\r\n)?www-authenticate: Bearer\r\n/);
  expect(unauthorized).not.toMatch(/set-cookie/i);
  const limited = await refusalOf("429");
  expect(limited).toMatch(/^HTTP\/1\.1 429 [\s\S]*\r\nretry-after: 30\r\n[\s\S]*\r\n\r\n\{"why":"no room"\}$/);
  expect(limited).toContain("\r\nx-name: Zo\xeb\r\n");
  expect(await refusalOf("302")).toMatch(
    /^HTTP\/1\.1 302 [\s\S]*\r\nlocation: \/app\/elsewhere\r\n[\s\S]*\r\n\r\nabc$/,
  );
  expect(await refusalOf("404")).toMatch(/^HTTP\/1\.1 404 [\s\S]*\r\n\r\n$/);
  // No client reads so much of a refusal.
  expect(await refusalOf("503")).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\ncontent-length: 0\r\n[\s\S]*\r\n\r\n$/);
  for (const what of ["200", "broken"]) expect(await refusalOf(what)).toMatch(/^HTTP\/1\.1 502 /);
});
