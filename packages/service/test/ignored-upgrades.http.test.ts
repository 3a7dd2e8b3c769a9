import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as later } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { ignoreOtherUpgrades } from "../src/ignored-upgrades.ts";

const H2C =
  "Connection: Upgrade, HTTP2-Settings, X-Hop\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n";

/** Answers with what it got: method, path, the names of headers and the body. */
async function start(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.url === "/late") await later(20);
    const names = Object.keys(request.headers).join(" ");
    response.end(`[${request.method} ${request.url} ${names}: ${request.headers.connection ?? ""}: ${body}]`);
  });
  ignoreOtherUpgrades(server, (_request, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** The answers' bodies, or the one status line without a body. */
async function ask(...pieces: readonly string[]): Promise<string[]> {
  const socket = connect(((await start()).address() as AddressInfo).port);
  const answered = socket.toArray();
  for (const piece of pieces) {
    socket.write(piece);
    await later(5);
  }
  const text = Buffer.concat(await answered).toString();
  return text.match(/\[.*?\]|HTTP\/1\.1 (?:101|4\d\d)/g) ?? [];
}
const LAST = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const LAST_ANSWER = "[GET /last host connection: close: ]";

test("a client that offers HTTP/2 is answered, and asks on by the same connection", async () => {
  expect(
    await ask(`GET /a HTTP/1.1\r\nHost: x\r\n${H2C}\r\n`, `GET /b HTTP/1.1\r\nHost: x\r\n${H2C}\r\n${LAST}`),
  ).toEqual(["[GET /a host connection: X-Hop: ]", "[GET /b host connection: X-Hop: ]", LAST_ANSWER]);
});

test("so is one that sends a body, however it comes", async () => {
  const length = `POST /a HTTP/1.1\r\nHost: x\r\n${H2C}Content-Length: 6\r\n\r\n`;
  const chunked = `POST /a HTTP/1.1\r\nHost: x\r\n${H2C}Transfer-Encoding: chunked\r\n\r\n`;
  const withLength = "[POST /a host connection content-length: X-Hop: abcdef]";
  expect(await ask(`${length}abcdef${LAST}`)).toEqual([withLength, LAST_ANSWER]);
  expect(await ask(length, "abc", `def${LAST}`)).toEqual([withLength, LAST_ANSWER]);
  expect(await ask(`${chunked}3\r\nabc\r\n`, `3\r\ndef\r\n0\r\n\r\n${LAST}`)).toEqual([
    "[POST /a host connection transfer-encoding: X-Hop: abcdef]",
    LAST_ANSWER,
  ]);
});

test("after a request that is still being answered, the answers come in order", async () => {
  const late = "GET /late HTTP/1.1\r\nHost: x\r\n\r\n";
  expect(await ask(`${late}GET /a HTTP/1.1\r\nHost: x\r\n${H2C}\r\n${LAST}`)).toEqual([
    "[GET /late host: : ]",
    "[GET /a host connection: X-Hop: ]",
    LAST_ANSWER,
  ]);
});

test.each(["TLS/1.0", "h2c", "websocketish", "x-websocket"])("%s is no WebSocket", async (protocol) => {
  const close = "Connection: Upgrade, close\r\n";
  expect(await ask(`GET /a HTTP/1.1\r\nHost: x\r\n${close}Upgrade: ${protocol}\r\n\r\n`)).toEqual([
    "[GET /a host connection: close: ]",
  ]);
});

test("nor is a POST; a GET is, in whatever case and beside whatever else", async () => {
  const upgrade = "Host: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c, WebSocket\r\n\r\n";
  expect(await ask(`GET /a HTTP/1.1\r\n${upgrade}`)).toEqual(["HTTP/1.1 101"]);
  expect(await ask(`POST /a HTTP/1.1\r\n${upgrade}`)).toEqual(["[POST /a host connection: close: ]"]);
});

test("a request with more headers than are told of is cut off, for one of them may say where its body ends", async () => {
  const many = Array.from({ length: 1_001 }, (_, index) => `a${index}: 1\r\n`).join("");
  expect(await ask(`GET /a HTTP/1.1\r\nHost: x\r\n${H2C}${many}\r\n`)).toEqual([]);
});
