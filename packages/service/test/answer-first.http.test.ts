import { setTimeout as later } from "node:timers/promises";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { answerEarly } from "../src/early-answer.ts";

async function start(): Promise<string> {
  const app = Fastify();
  onTestFinished(() => app.close());
  answerEarly(app.server, (request, response, next) => {
    if (request.url === "/first") response.end("first");
    else if (request.url === "/late") void later(5).then(next);
    else next();
  });
  app.post("/late", async ({ body }) => body);
  app.get("/", async () => "framework");
  return app.listen();
}

test("what it answers the framework does not see, and what it passes on the framework answers", async () => {
  const url = await start();
  expect(await (await fetch(`${url}/first`)).text()).toBe("first");
  expect(await (await fetch(url)).text()).toBe("framework");
  expect((await fetch(`${url}/other`)).status).toBe(404);
});

test("a body is whole for the framework though it was let wait", async () => {
  const body = "a".repeat(100_000);
  const headers = { "content-type": "text/plain" };
  const answer = await fetch(`${await start()}/late`, { method: "POST", headers, body });
  expect(await answer.text()).toBe(body);
});
