import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const BOUND = 100;
const POLL = { timeout: 20_000, interval: 20 };

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n";

let upstream: Server;
let sockets: WebSocketServer;
let gateway: GatewayProcess;
let client: Client;
const streams: Response[] = [];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url === "/app/plain") return response.end("plain");
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    // Never an end of it, and much of it.
    return response.write(`data: ${"x".repeat(10_000)}\n\n`);
  });
  sockets = new WebSocketServer({ noServer: true });
  upstream.on("upgrade", (request, socket, head) => {
    if (request.url === "/app/silent") return;
    if (request.url === "/app/deaf") return void socket.write(SWITCHING);
    if (request.url === "/app/refused") socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}");
    else if (request.url === "/app/broken") socket.destroy();
    else sockets.handleUpgrade(request, socket, head, (ws) => ws.send("hello"));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const routes = [
    { path: "/app/", access: "login", upstream: to },
    { path: "/gone/", access: "login", upstream: "http://127.0.0.1:9" },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes) });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
});

afterAll(async () => {
  killUpstreamConnections();
  upstream.close();
  await gateway.dispose();
});

beforeEach(async () => {
  client = await loggedIn();
});

function killUpstreamConnections(): void {
  for (const socket of sockets.clients) socket.terminate();
  upstream.closeAllConnections();
}

async function loggedIn(): Promise<Client> {
  const visitor = new Client(gateway.url);
  expect((await visitor.login(ada.email, ada.password)).status).toBe(200);
  return visitor;
}

interface Refused {
  readonly status: number | undefined;
  readonly retryAfter: string | null | undefined;
  readonly code: string;
}

/** Something that is open, and how to close it. */
interface Open {
  readonly close: () => void;
}

async function openSocket(path = "/app/socket", visitor = client): Promise<Open | Refused> {
  const headers = { cookie: visitor.cookieHeader, origin: gateway.url };
  const socket = new WebSocket(gateway.url.replace("http", "ws") + path, { headers });
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.once("open", () => resolve({ close: () => socket.terminate() }));
    socket.once("unexpected-response", (_request, response: IncomingMessage) => {
      void response.toArray().then((pieces) => {
        const { code } = JSON.parse(Buffer.concat(pieces).toString());
        resolve({ status: response.statusCode, retryAfter: response.headers["retry-after"], code });
      });
    });
  });
}

async function openStream(visitor = client): Promise<Open | Refused> {
  const aborted = new AbortController();
  const headers = { cookie: visitor.cookieHeader };
  const response = await fetch(`${gateway.url}/app/events`, { headers, signal: aborted.signal });
  if (response.ok) {
    // A response without a reference to it is cancelled, sooner or later.
    streams.push(response);
    return { close: () => aborted.abort() };
  }
  const { code } = (await response.json()) as { readonly code: string };
  return { status: response.status, retryAfter: response.headers.get("retry-after"), code };
}

/** A WebSocket without a library, whose client never closes its side by itself. */
async function openRaw(path: string, isAnswered = true): Promise<Socket> {
  const { host, port } = new URL(gateway.url);
  const socket = connectTcp({ port: Number(port), host: "localhost", allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  const lines = [
    `GET ${path} HTTP/1.1`,
    `host: ${host}`,
    `origin: ${gateway.url}`,
    `cookie: ${client.cookieHeader}`,
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (isAnswered) await once(socket, "data");
  else await once(upstream, "upgrade");
  return socket;
}

/** Opens as many as may be, in turn of either kind; what has been closed may take a moment to be heard of. */
async function fill(): Promise<readonly Open[]> {
  const open: Open[] = [];
  for (let count = 0; count < BOUND; count++) {
    const next = async () => {
      const opened = await (count % 2 === 0 ? openSocket() : openStream());
      if ("close" in opened) open.push(opened);
      return "close" in opened;
    };
    await expect.poll(next, { ...POLL, message: `place ${count}` }).toBe(true);
  }
  return open;
}

async function expectFull(): Promise<void> {
  const refused: Refused = { status: 429, retryAfter: "5", code: "too_many_connections" };
  expect([await openSocket(), await openStream()]).toEqual([refused, refused]);
}

describe("what one session keeps open", () => {
  test("is so much and no more, and all else of it goes on", async () => {
    const open = await fill();
    await expectFull();
    expect((await client.send("GET", "/app/plain")).status).toBe(200);
    const other = await loggedIn();
    const others = [await openSocket("/app/socket", other), await openStream(other)];
    expect(others.map((opened) => "close" in opened)).toEqual([true, true]);

    // One that closes makes room for one.
    open[0]?.close();
    await expect.poll(async () => "close" in (await openStream()), POLL).toBe(true);
    await expectFull();
  });

  test("is no more when all are opened at once", async () => {
    const opened = await Promise.all(
      Array.from({ length: BOUND + 20 }, (_, index) => (index % 2 ? openSocket() : openStream())),
    );
    expect(opened.filter((each) => "close" in each)).toHaveLength(BOUND);
  });

  const endings: readonly [string, (open: readonly Open[]) => unknown][] = [
    ["the client breaks off", (open) => open.forEach(({ close }) => void close())],
    ["the upstream is killed", () => killUpstreamConnections()],
  ];
  test.each(endings)("is free again when %s", async (_name, end) => {
    end(await fill());
    await fill();
    await expectFull();
  });

  test("is free again when the upstream is killed and the client does not notice, or resets", async () => {
    const unaware = await Promise.all(Array.from({ length: 50 }, () => openRaw("/app/socket")));
    killUpstreamConnections();
    const resetting = await Promise.all(Array.from({ length: 50 }, () => openRaw("/app/socket")));
    for (const socket of resetting) socket.resetAndDestroy();
    await fill();
    await expectFull();
    for (const socket of unaware) socket.destroy();
  });

  test("is free again when the client closes its side and the upstream does not", async () => {
    const closing = await Promise.all(Array.from({ length: BOUND }, () => openRaw("/app/deaf")));
    await expectFull();
    for (const socket of closing) socket.end();
    await fill();
    await expectFull();
  });

  test.each(["/app/refused", "/app/broken", "/gone/socket"])("has none that did not come about: %s", async (path) => {
    for (let count = 0; count < BOUND + 1; count++) {
      const { status, code } = (await openSocket(path)) as Refused;
      expect([status, code]).toEqual(path === "/app/refused" ? [403, undefined] : [502, "upstream_unreachable"]);
    }
    await fill();
    await expectFull();
  });

  test("counts those that are being made, until they are given up", async () => {
    const pending: Socket[] = [];
    while (pending.length < BOUND) pending.push(await openRaw("/app/silent", false));
    await expectFull();
    for (const socket of pending) socket.destroy();
    await fill();
  });
});

test("what a client sends before its upgrade has come about is not lost", async () => {
  const frame = (text: string) => Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);
  const handle = once(upstream, "upgrade");
  const socket = await openRaw("/app/silent", false);
  const [, upstreamSide] = (await handle) as [IncomingMessage, Socket];
  for (const text of ["one", "two"]) socket.write(frame(text));
  upstreamSide.write(SWITCHING);
  let received = Buffer.alloc(0);
  upstreamSide.on("data", (piece: Buffer) => {
    received = Buffer.concat([received, piece]);
  });
  socket.write(frame("three"));
  const expected = Buffer.concat(["one", "two", "three"].map(frame)).toString("hex");
  await expect.poll(() => received.toString("hex"), POLL).toBe(expected);
  socket.destroy();
});

test("a client that sends early and leaves is noticed", async () => {
  const handle = once(upstream, "upgrade");
  const socket = await openRaw("/app/silent", false);
  const [, upstreamSide] = (await handle) as [IncomingMessage, Socket];
  // In two pieces, as far as that is up to us.
  socket.write(Buffer.alloc(1_000));
  await delay(100);
  socket.write(Buffer.alloc(1_000));
  const left = once(upstreamSide.resume(), "end");
  socket.end();
  await left;
});
