import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { browserRequest } from "../../http/browser-request.ts";
import { expectAnswer } from "../../http/expect-answer.ts";
import { SocketLoad } from "../../http/socket-load.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: Parameters<typeof createServer>[1]): Promise<number> {
  const listening = createServer(listener as () => void);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return (listening.address() as AddressInfo).port;
}

test("every request is asked in turn, over so many connections, and every error is counted", async () => {
  const asked = new Map<string, number>();
  const connections = new Set<unknown>();
  const port = await serve((request, response) => {
    connections.add(request.socket);
    asked.set(request.headers.cookie ?? "", (asked.get(request.headers.cookie ?? "") ?? 0) + 1);
    response.statusCode = request.headers.cookie === "user=2" ? 401 : 200;
    response.end("hello");
  });
  const requests = ["user=0", "user=1", "user=2"].map((Cookie) =>
    browserRequest(`localhost:${port}`, "/me", { Cookie }),
  );
  const result = await new SocketLoad({ port, requests, connections: 4, seconds: 0.3 }).run();

  const counts = [...asked.values()];
  expect([...asked.keys()].sort()).toEqual(["user=0", "user=1", "user=2"]);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(connections.size).toBe(4);
  // What was under way when the time was over is neither an answer nor a failure.
  expect(result.answers).toBeLessThanOrEqual(counts.reduce((sum, count) => sum + count, 0));
  expect(result.answers).toBeGreaterThan(0);
  expect(Math.abs(result.refused - result.answers / 3)).toBeLessThanOrEqual(5);
  expect(result.failed).toBe(0);
});

test("connections that the server closes are failures", async () => {
  const port = await serve((request) => request.socket.destroy());
  const requests = [browserRequest(`localhost:${port}`, "/", {})];
  const result = await new SocketLoad({ port, requests, connections: 4, seconds: 0.3 }).run();
  expect(result).toMatchObject({ answers: 0, failed: 4 });
});

test("a contestant whose answer is another than it should be is refused before it is measured", async () => {
  const port = await serve((request, response) => {
    response.statusCode = request.url === "/login" ? 302 : 200;
    response.end("hello");
  });
  const contestant = (path: string, answer: string) => ({
    name: "it",
    port,
    requests: [browserRequest(`localhost:${port}`, path, {})],
    answer,
    processes: [],
  });
  await expectAnswer(contestant("/me", "hello"));
  await expect(expectAnswer(contestant("/me", "goodbye"))).rejects.toThrow("it: a request was answered");
  await expect(expectAnswer(contestant("/login", "hello"))).rejects.toThrow("302");
});
