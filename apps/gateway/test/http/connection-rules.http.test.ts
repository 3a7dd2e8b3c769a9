import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { requireKnownPeers } from "../../src/http/connection-rules.ts";

const CONNECTIONS = 200;

test("a request whose client is gone is not served, or with the address that the client had", async () => {
  const addresses: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    addresses.push(request.socket.remoteAddress);
    response.end();
  });
  requireKnownPeers(server);
  let ended = 0;
  server.on("connection", (socket) => socket.on("error", () => {}).once("close", () => ended++));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    await new Promise((resolve) => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n", resolve));
    socket.resetAndDestroy();
  }
  await vi.waitFor(() => expect(ended).toBe(CONNECTIONS), { timeout: 10_000 });
  expect(new Set(addresses).has(undefined)).toBe(false);
});
