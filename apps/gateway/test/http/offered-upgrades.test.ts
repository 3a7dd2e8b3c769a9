import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** As curl --http2 and the JDK's HttpClient send it with the first request of a connection. */
const H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n";

let service: Server;
let gateway: GatewayProcess;
let seen: IncomingMessage[] = [];

beforeAll(async () => {
  service = createServer(async (request, response) => {
    seen.push(request);
    response.end(`service got ${Buffer.concat(await request.toArray()).toString()}`);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const upstream = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const routes = [
    { path: "/open/", access: "public", upstream },
    { path: "/app/", access: "login", upstream },
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
