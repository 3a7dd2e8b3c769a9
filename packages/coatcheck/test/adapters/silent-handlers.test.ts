import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { coatcheck as coatcheckHono } from "coatcheck/hono";
import { Hono } from "hono";
import { expect, test } from "vitest";

// An application in JavaScript, whose own handler of refusals gives nothing, now or later.

const parts = { origin: "http://localhost:3000", findUser: (id: string) => ({ id }) };
const request = () => new Request("http://localhost:3000/me");
const silent = [() => undefined, async () => undefined] as never[];

test.each(silent)("fetch: a handler that gives no answer leaves it to ours", async (unauthorizedHandler) => {
  const auth = coatcheckFetch({ ...parts, unauthorizedHandler });
  const route = auth.required(() => new Response("reached"));
  expect((await route(request())).status).toBe(401);
});

test.each(silent)("Hono: a handler that gives no answer leaves it to ours", async (unauthorizedHandler) => {
  const auth = coatcheckHono({ ...parts, unauthorizedHandler });
  const app = new Hono().use(auth.middleware).get("/me", auth.required, (c) => c.text("reached"));
  expect((await app.request(request())).status).toBe(401);
});
