import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isFreePort } from "../src/free-port.ts";

const range = "/proc/sys/net/ipv4/ip_local_port_range";

test.skipIf(process.platform !== "linux")("no other test is given the port of a server that is down", async () => {
  const [lowest = 0] = readFileSync(range, "utf8").split(/\s+/).map(Number);
  for (let count = 0; count < 20; count++) expect(await freePort()).toBeLessThan(lowest);
});

test.each(["127.0.0.1", "::1"])("a port that is taken at %s alone is not free", async (host) => {
  const port = await freePort();
  const server = createServer().listen(port, host);
  await once(server, "listening");
  expect(await isFreePort(port)).toBe(false);
  server.close();
  await once(server, "close");
  expect(await isFreePort(port)).toBe(true);
});
