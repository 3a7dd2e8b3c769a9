import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck, type ExpressRefusalHandler } from "coatcheck/express";
import express5 from "express";
import express4 from "express4";
import { afterEach, describe, expect, test } from "vitest";
import { contractParts } from "./contract/contract-application.ts";

let server: Server;

afterEach(() => server.close());

async function statusesWith(express: typeof express5, unauthorizedHandler: ExpressRefusalHandler): Promise<number[]> {
  const auth = coatcheck({ ...contractParts().options, unauthorizedHandler });
  const app = express();
  app.use(auth.middleware);
  const router = express.Router();
  router.use(auth.requireLogin);
  router.get("/", (_request, response) => void response.status(299).send("secret"));
  app.use("/behind", router);
  app.get(
    "/guarded",
    auth.required((_request, response) => void response.status(299).send("secret")),
  );
  app.use((_error: unknown, _request: unknown, response: express5.Response, _next: unknown) => {
    response.status(418).end();
  });
  server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const { port } = server.address() as AddressInfo;
  const paths = ["/behind", "/guarded"];
  return Promise.all(paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status));
}

describe.each([
  ["Express 5", express5],
  ["Express 4", express4 as unknown as typeof express5],
])("%s: a refused request that its handler hands on", (_name, express) => {
  test.each<[string, ExpressRefusalHandler]>([
    ["next()", (_refusal, _request, _response, next) => next()],
    ['next("route")', (_refusal, _request, _response, next) => next("route")],
  ])("does not reach what needs a login: %s", async (_call, handler) => {
    expect(await statusesWith(express, handler)).toEqual([401, 401]);
  });

  test("reaches the application's error handler with an error", async () => {
    const statuses = await statusesWith(express, (_refusal, _request, _response, next) => next(new Error("refused")));
    expect(statuses).toEqual([418, 418]);
  });

  test("is answered once where its handler has answered and calls next() too", async () => {
    const statuses = await statusesWith(express, (_refusal, _request, response, next) => {
      response.status(403).end();
      next();
    });
    expect(statuses).toEqual([403, 403]);
  });
});
