import { coatcheck } from "coatcheck/hono";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { expect, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

test("middleware may put another request into the context, as bodyLimit does with a body of unknown length", async () => {
  const auth = coatcheck(contractParts().options);
  const app = new Hono().use(auth.middleware).use(bodyLimit({ maxSize: 100 }));
  app.post("/login", async (c) => {
    const { user } = await c.req.json<{ user: string }>();
    const result = await auth.login(c, user, () => true);
    return result.ok ? c.json(result.user) : auth.answer(result);
  });
  const answer = await app.request("/login", { method: "POST", body: '{"user":"ada"}' });
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});
