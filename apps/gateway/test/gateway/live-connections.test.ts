import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runCommand } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };

let upstream: Server;
let gateway: GatewayProcess;
/** What the upstream is to answer, by path. */
const slow = new EventEmitter();
/** Upgrades that reached the upstream. */
const seen: IncomingMessage[] = [];

beforeAll(async () => {
  upstream = createServer((request: IncomingMessage, response: ServerResponse) => {
    // Takes its time, and tells of it.
    if (request.url?.startsWith("/app/slow")) return void slow.emit(request.url, response);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: hello\n\n");
  });
  const sockets = new WebSocketServer({ server: upstream });
  sockets.on("connection", (socket, request) => {
    seen.push(request);
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const routes = [
    { path: "/app/", access: "login", upstream: to, identityHeaders: true },
    { path: "/app/staff/", access: "role:staff", upstream: to },
    { path: "/gone/", access: "login", upstream: "http://127.0.0.1:9" },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes) });
  await gateway.addUser(ada.email, ada.password, "Ada");
  await gateway.addUser(grace.email, grace.password, "Grace");
  await gateway.start();
});

afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await gateway.dispose();
});

async function loggedIn(user = ada): Promise<Client> {
  const client = new Client(gateway.url);
  expect((await client.login(user.email, user.password)).status).toBe(200);
  return client;
}

/** As a page of the gateway's own origin opens one, unless other headers are given. */
function connect(client: Client, path = "/app/socket", headers: Readonly<Record<string, string>> = {}): WebSocket {
  const own = { cookie: client.cookieHeader, origin: gateway.url };
  return new WebSocket(gateway.url.replace("http", "ws") + path, { headers: { ...own, ...headers } });
}

/** The answer by which an upgrade is refused. */
async function refusalAnswerOf(socket: WebSocket): Promise<IncomingMessage> {
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  response.resume();
  return response;
}

async function refusalOf(socket: WebSocket): Promise<number> {
  return (await refusalAnswerOf(socket)).statusCode ?? 0;
}

async function openSocket(client: Client): Promise<WebSocket> {
  const socket = connect(client);
  await once(socket, "open");
  return socket;
}

async function echo(socket: WebSocket, data: string | Buffer): Promise<string> {
  socket.send(data);
  const [answer] = (await once(socket, "message")) as [Buffer];
  return answer.toString();
}

describe("a WebSocket", () => {
  test("goes through, both ways, with identity and without our cookie", async () => {
    const socket = await openSocket(await loggedIn());
    expect(await echo(socket, "hello")).toBe("hello");
    const large = Buffer.alloc(1_000_000, "x");
    expect(await echo(socket, large)).toBe(large.toString());
    const headers = seen.at(-1)?.headers;
    expect(headers).toMatchObject({ "remote-email": ada.email, authorization: expect.stringMatching(/^Bearer ey/) });
    expect(headers?.cookie).toBeUndefined();
    socket.close();
    await once(socket, "close");
  });

  test("is refused without a login, to other sites, and where nothing is", async () => {
    const before = seen.length;
    const client = await loggedIn();
    expect(await refusalOf(connect(new Client(gateway.url)))).toBe(401);
    expect(await refusalOf(connect(client, undefined, { origin: "https://evil.example" }))).toBe(403);
    expect(await refusalOf(connect(client, undefined, { host: "evil.example" }))).toBe(421);
    expect(await refusalOf(connect(client, "/elsewhere/socket"))).toBe(404);
    expect(await refusalOf(connect(client, "/auth/me"))).toBe(404);
    expect(await refusalOf(connect(client, "/app//socket"))).toBe(400);
    expect(await refusalOf(connect(client, "/gone/socket"))).toBe(502);
    expect(seen).toHaveLength(before);
  });

  test("is refused at once, but for one a second, where the upstream takes no connections", async () => {
    const client = await loggedIn();
    const retryAfter = async () => {
      const { statusCode, headers } = await refusalAnswerOf(connect(client, "/gone/socket"));
      expect(statusCode).toBe(502);
      return headers["retry-after"];
    };
    await expect.poll(retryAfter, { interval: 1 }).toBe("1");
    expect(gateway.log.match(/"upstream_down"/g)).toHaveLength(1);
  });

  test("is a line in the log once it has closed, let through or refused", async () => {
    const lines = () =>
      gateway.log
        .split("\n")
        .filter((line) => line.includes('"path":"/app/socket/logged"'))
        .map((line) => JSON.parse(line))
        .map(({ event, method, status, complete, reqId }) => [event, method, status, complete, typeof reqId]);
    expect(await refusalOf(connect(new Client(gateway.url), "/app/socket/logged?secret=1"))).toBe(401);
    await expect.poll(lines).toEqual([["request", "GET", 401, true, "string"]]);
    const socket = connect(await loggedIn(), "/app/socket/logged");
    await once(socket, "open");
    expect(lines()).toHaveLength(1);
    socket.close();
    await expect.poll(() => lines().at(-1)).toEqual(["request", "GET", 101, true, "string"]);
  });

  test("closes by itself as its ends do", async () => {
    const socket = await openSocket(await loggedIn());
    socket.close(1_000, "done");
    expect(await once(socket, "close")).toEqual([1_000, Buffer.from("done")]);
  });
});

describe("what is open ends with its session", () => {
  const endings: readonly [string, (client: Client) => Promise<unknown>][] = [
    ["a logout", (client) => client.send("POST", "/auth/logout")],
    ["the session being revoked from another device", async () => (await loggedIn()).send("DELETE", "/auth/sessions")],
    ["the operator's revocation", () => runCommand(["sessions", "revoke", ada.email, "--all"], gateway.environment)],
    ["another login in the same browser", (client) => client.login(ada.email, ada.password)],
  ];

  test.each(endings)("by %s", async (_name, end) => {
    const client = await loggedIn();
    const others = await loggedIn(grace);
    const [socket, other] = [await openSocket(client), await openSocket(others)];
    const stream = await fetch(`${gateway.url}/app/events`, { headers: { cookie: client.cookieHeader } });
    const reader = stream.body?.getReader();
    await reader?.read();
    const closed = once(socket, "close");
    const ended = (async () => {
      for (;;) if ((await reader?.read())?.done !== false) return "done";
    })().catch(() => "cut off");
    await end(client);
    expect(await closed).toEqual([4_401, Buffer.from("session ended")]);
    expect(await ended).toBe("cut off");
    expect(await echo(other, "still here")).toBe("still here");
    other.close();
  });

  test("by a ban, which ends all of them", async () => {
    const client = await loggedIn(grace);
    const sockets = [await openSocket(client), await openSocket(client)];
    const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
    await runCommand(["users", "disable", grace.email], gateway.environment);
    expect((await closed).map(([code]) => code)).toEqual([4_401, 4_401]);
    expect(await refusalOf(connect(client))).toBe(401);
  });
});

describe("a request whose session ends before it is answered", () => {
  /** One that has reached the upstream, as its answer there, and what becomes of it here. */
  async function asking(path: string, client: Client, body?: string) {
    const reached = once(slow, path);
    const init = { headers: { cookie: client.cookieHeader, origin: gateway.url }, method: "GET" };
    const answer = fetch(gateway.url + path, body === undefined ? init : { ...init, body, method: "POST" });
    const [response] = (await reached) as [ServerResponse];
    return { answer, response };
  }

  test.each([undefined, "body"])("is answered without the upstream, which is told: %s", async (body) => {
    const client = await loggedIn();
    const { answer, response } = await asking(`/app/slow/${body}`, client, body);
    const brokenOff = once(response, "close");
    expect((await client.send("POST", "/auth/logout")).status).toBe(204);
    const { status, headers } = await answer;
    expect([status, headers.get("content-type")]).toEqual([401, "application/problem+json; charset=utf-8"]);
    await brokenOff;
    expect(response.writableFinished).toBe(false);
  });

  test("whose upload is still under way, leaves its connection usable", async () => {
    const client = await loggedIn();
    const { host, port } = new URL(gateway.url);
    const socket = connectTcp({ host: "localhost", port: Number(port) });
    let received = "";
    socket.on("data", (piece) => (received += piece));
    const [own, size] = [`host: ${host}\r\norigin: ${gateway.url}\r\n`, 4_000_000];
    const reached = once(slow, "/app/slow/upload");
    socket.write(
      `POST /app/slow/upload HTTP/1.1\r\n${own}cookie: ${client.cookieHeader}\r\ncontent-length: ${size}\r\n\r\nx`,
    );
    await reached;
    expect((await client.send("POST", "/auth/logout")).status).toBe(204);
    await expect.poll(() => received).toMatch(/^HTTP\/1.1 401 /);
    received = "";
    socket.write("x".repeat(size - 1));
    socket.write(`GET /auth/heartbeat HTTP/1.1\r\n${own}\r\n`);
    await expect.poll(() => received, { timeout: 10_000 }).toMatch(/HTTP\/1.1 200 OK.*"OK"/s);
    socket.destroy();
  });

  test("is answered, after another of the same browser was", async () => {
    const client = await loggedIn();
    const [first, second] = [await asking("/app/slow/1", client), await asking("/app/slow/2", client)];
    second.response.end("second");
    expect(await (await second.answer).text()).toBe("second");
    first.response.end("first");
    expect(await (await first.answer).text()).toBe("first");
  });
});

test("what a role opened ends when the role is taken, and nothing else", async () => {
  const roles = (text: string) => runCommand(["users", "edit", ada.email, "--roles", text], gateway.environment);
  await roles("staff");
  const client = await loggedIn();
  const open = async (path: string) => {
    const stream = await fetch(gateway.url + path, { headers: { cookie: client.cookieHeader } });
    expect(stream.status).toBe(200);
    const reader = stream.body?.getReader();
    await reader?.read();
    return reader;
  };
  const [staff, other] = [await open("/app/staff/events"), await openSocket(client)];
  await roles("");
  await expect(staff?.read()).rejects.toThrow();
  expect(await echo(other, "still here")).toBe("still here");
  other.close();
});

test("when the gateway stops, they are told that it goes away", async () => {
  const socket = await openSocket(await loggedIn());
  const closed = once(socket, "close");
  await gateway.kill("SIGTERM");
  expect((await closed)[0]).toBe(1_001);
});
