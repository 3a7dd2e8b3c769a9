import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { allowSlowBody, requireBody } from "../../src/http/body-timeout.ts";

/** `onAllowed` is told of a request that may take its time. */
async function listening(milliseconds: number, path = "/", onAllowed = () => {}) {
  const app = Fastify({ forceCloseConnections: true });
  app.addHook("onRequest", async (request, reply) => {
    requireBody(request.raw, milliseconds);
    if (request.url === "/slow") {
      allowSlowBody(request.raw);
      onAllowed();
    }
    if (request.url === "/refused") return reply.code(403).send("no");
    return undefined;
  });
  app.post("/*", async (request) => request.body);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const client = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  onTestFinished(async () => {
    client.destroy();
    await app.close();
  });
  client.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n[1,2,`);
  return client;
}

test.each(["/", "/refused"])("a body that does not come ends its connection: %s", async (path) => {
  const client = await listening(50, path);
  await once(client.resume(), "close");
});

test("unless it may take its time", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const onAllowed = vi.fn();
  const client = await listening(50, "/slow", onAllowed);
  await expect.poll(() => onAllowed.mock.calls.length).toBe(1);
  vi.advanceTimersByTime(300);
  client.write("3,4]".padEnd(5));
  const [answer] = (await once(client, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK.*\[1,2,3,4\]$/s);
});

test("one that comes is answered, and the connection stays", async () => {
  const client = await listening(60_000);
  client.write("3,4]".padEnd(5));
  const [answer] = (await once(client, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK.*\[1,2,3,4\]$/s);
  client.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n[5]");
  const [next] = (await once(client, "data")) as [Buffer];
  expect(next.toString()).toMatch(/\[5\]$/);
});
