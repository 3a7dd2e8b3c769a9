import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { coatcheck } from "coatcheck/hono";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { Browser } from "./contract/browser.ts";
import { contractParts } from "./contract/contract-application.ts";

test("a request that the application sends to itself is judged by its own headers, whatever came over the socket", async () => {
  const auth = coatcheck(contractParts().options);
  const app = new Hono().use(auth.middleware);
  app.post("/login", async (c) => {
    await auth.login(c, "ada", () => true);
    return c.body(null, 204);
  });
  app.get("/me", auth.required, (c) => c.text(c.var.auth.user.name));
  // As applications do that render a page with what their own API answers. The bindings go along.
  app.get("/for-anyone", async (c) => {
    const answer = await app.request("/me", {}, c.env);
    return c.json({ status: answer.status });
  });
  app.get("/for-its-user", async (c) => {
    const answer = await app.request("/me", { headers: { cookie: c.req.header("cookie") ?? "" } }, c.env);
    return c.json({ status: answer.status, name: await answer.text() });
  });
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const browser = new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await browser.send("POST", "/login");
  expect(await browser.ask("GET", "/for-its-user")).toEqual([200, { status: 200, name: "Ada" }]);
  expect(await browser.ask("GET", "/for-anyone")).toEqual([200, { status: 401 }]);
});
