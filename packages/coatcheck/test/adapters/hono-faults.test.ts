import { CoatcheckError } from "coatcheck";
import { coatcheck } from "coatcheck/hono";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

/** An application whose store is down from now on. */
function applicationWithStoreDown(): Hono {
  const { options, store } = contractParts();
  store.readFence = () => Promise.reject(new CoatcheckError("store_unavailable", "The store is down."));
  const auth = coatcheck(options);
  const app = new Hono().use(auth.middleware);
  app.post("/login", async (c) => c.json(await auth.login(c, "ada", () => true)));
  app.post("/broken", () => {
    throw new Error("not the store");
  });
  return app;
}

test("an application that answers errors by a page of its own has that page with the right status", async () => {
  const app = applicationWithStoreDown().onError((_error, c) => c.html("<h1>Sorry</h1>", 500));
  const answer = await app.request("/login", { method: "POST" });
  expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([503, "1", "<h1>Sorry</h1>"]);
  expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
  expect((await app.request("/broken", { method: "POST" })).status).toBe(500);
});

test("an application that decides about the fault itself is left alone", async () => {
  const app = applicationWithStoreDown().onError((error, c) => {
    return c.json({ code: error instanceof CoatcheckError ? error.code : null }, 502);
  });
  const answer = await app.request("/login", { method: "POST" });
  expect([answer.status, await answer.json()]).toEqual([502, { code: "store_unavailable" }]);
});

test("one that says nothing answers with a problem that has the code", async () => {
  const answer = await applicationWithStoreDown().request("/login", { method: "POST" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
  expect(await answer.json()).toMatchObject({ code: "store_unavailable", status: 503 });
});
