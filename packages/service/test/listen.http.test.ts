import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { listen, listenAt } from "../src/listen.ts";

class OperatorError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Any address of the loopback network is this machine. */
const ADDRESSES = ["127.0.0.1", "127.0.0.2"] as const;

function app(): FastifyInstance {
  const server = Fastify({ forceCloseConnections: "idle" });
  onTestFinished(() => server.close());
  return server;
}

const portOf = ({ server }: FastifyInstance) => (server.address() as AddressInfo).port;

async function ask(host: string, port: number, path = "/"): Promise<{ status: number | undefined; body: string }> {
  const [response] = (await once(get({ host, port, path, agent: false }), "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

test("each address is answered by the one server, upgrades too", async () => {
  const server = app();
  server.get("/", async (request) => ({ from: request.socket.localAddress }));
  server.server.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await listenAt(server, ADDRESSES, 0);
  for (const address of ADDRESSES) {
    expect(await ask(address, portOf(server))).toEqual({ status: 200, body: `{"from":"${address}"}` });
    const socket = connect(portOf(server), address);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400/);
  }
});

test("closing waits for what is being answered at any address, ends idle connections, and takes no new ones", async () => {
  const server = app();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  server.get("/soon", async () => "soon");
  server.get("/", async () => {
    asked();
    await released;
    return "late";
  });
  await listenAt(server, ADDRESSES, 0);
  const port = portOf(server);
  const idle = connect(port, ADDRESSES[1]);
  idle.write("GET /soon HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(idle, "data");
  const answer = ask(ADDRESSES[1], port);
  await isAsked;
  let isClosed = false;
  const closing = server.close().then(() => {
    isClosed = true;
  });
  await once(idle.resume(), "close");
  await expect(ask(ADDRESSES[1], port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(isClosed).toBe(false);
  release();
  expect(await answer).toEqual({ status: 200, body: "late" });
  await closing;
});

test("where one of several addresses is taken, nothing listens at the others", async () => {
  const other = createServer().listen(0, ADDRESSES[1]);
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const server = app();
  await expect(listenAt(server, ADDRESSES, port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  await expect(ask(ADDRESSES[0], port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a connection that cannot be accepted ends nothing", async () => {
  const server = app();
  server.get("/", async () => "still here");
  await listenAt(server, ADDRESSES, 0);
  // As Node does for what the system says of a connection.
  server.server.emit("error", Object.assign(new Error("accept ENOBUFS"), { code: "ENOBUFS", syscall: "accept" }));
  for (const address of ADDRESSES) expect(await ask(address, portOf(server))).toMatchObject({ body: "still here" });
});

test("an address that is taken is told, and nothing listens", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  await expect(
    listen(app(), { host: "127.0.0.1", port, env: { host: "HOST", port: "PORT" } }, OperatorError),
  ).rejects.toMatchObject({
    code: "cannot_listen",
    message: `Cannot listen on 127.0.0.1, port ${port}: the port is in use. End the program that uses it, or choose another port by PORT.`,
  });
});
