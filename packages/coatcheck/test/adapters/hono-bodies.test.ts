import { HonoLogin } from "coatcheck/adapters/hono";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { expect, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

test("middleware may put another request into the context, as bodyLimit does with a body of unknown length", async () => {
  const login = new HonoLogin(contractParts().logins);
  const app = new Hono().use(login.sessions).use(bodyLimit({ maxSize: 100 }));
  app.post("/login", async (c) => {
    const { user } = await c.req.json<{ user: string }>();
    const result = await login.visit(c).login(await login.visit(c).begin(user));
    return result.outcome === "refused" ? login.refuse(result.refusal) : c.json(result.user);
  });
  const answer = await app.request("/login", { method: "POST", body: '{"user":"ada"}' });
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});
