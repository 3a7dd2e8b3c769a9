import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, getRequestListener } from "@hono/node-server";
import { coatcheck as coatcheckExpress } from "coatcheck/express";
import { coatcheck as coatcheckFastify } from "coatcheck/fastify";
import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { coatcheck as coatcheckHono } from "coatcheck/hono";
import { coatcheck as coatcheckNode } from "coatcheck/node";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import type { ContractOptions } from "../contract/contract-application.ts";

/** Is shown every request, response and session that a handler sees. */
export type Witness = (...seen: readonly object[]) => void;

/**
 * A server of one framework, not yet listening: `POST /login` logs Ada in, `GET /me` needs a login, `GET /fails` throws, and
 * `GET /silent` gives no answer.
 */
export type KeptApplication = (options: ContractOptions, witness: Witness) => Promise<Server>;

/** Held by nothing but what waits for it. */
const noAnswer = () => new Promise<never>(() => {});
const REMEMBER = { remember: true } as const;

const onExpress: KeptApplication = async (options, witness) => {
  const auth = coatcheckExpress(options);
  const app = express().set("env", "test").use(auth.middleware);
  app.post("/login", async (request, response) => {
    await auth.login(request, "ada", () => true, REMEMBER);
    response.end();
  });
  app.get(
    "/me",
    auth.required((request, response, session) => {
      witness(request, response, session);
      response.json(session.user);
    }),
  );
  app.get("/fails", (request) => {
    witness(request, auth.of(request));
    throw new Error("as it was told");
  });
  app.get("/silent", (request) => witness(request, auth.of(request)));
  return createServer(app);
};

const onFastify: KeptApplication = async (options, witness) => {
  const auth = coatcheckFastify(options);
  const app = fastify();
  await app.register(auth.plugin);
  app.post("/login", async (request) => {
    await auth.login(request, "ada", () => true, REMEMBER);
    return "";
  });
  app.get(
    "/me",
    auth.required((request, reply, session) => {
      witness(request, reply, session);
      return session.user;
    }),
  );
  app.get("/fails", async (request) => {
    witness(request, auth.of(request));
    throw new Error("as it was told");
  });
  app.get("/silent", (request, reply) => witness(request, reply, auth.of(request)));
  await app.ready();
  return app.server;
};

const onNode: KeptApplication = async (options, witness) => {
  const auth = coatcheckNode({ ...options, onError: () => {} });
  const me = auth.required((request, response, session) => {
    witness(request, response, session);
    response.end(JSON.stringify(session.user));
  });
  return createServer(
    auth.handle(async (request, response, session) => {
      if (request.url === "/me") return me(request, response);
      witness(request, response, session);
      if (request.url === "/fails") throw new Error("as it was told");
      if (request.url === "/silent") return undefined;
      await session.login("ada", () => true, REMEMBER);
      return response.end();
    }),
  );
};

const onHono: KeptApplication = async (options, witness) => {
  const auth = coatcheckHono(options);
  const app = new Hono().use(auth.middleware);
  app.post("/login", async (c) => {
    await auth.login(c, "ada", () => true, REMEMBER);
    return c.body(null);
  });
  app.get("/me", auth.required, (c) => {
    witness(c, c.req.raw, c.var.auth);
    return c.json(c.var.auth.user);
  });
  app.get("/fails", (c) => {
    witness(c, auth.of(c));
    throw new Error("as it was told");
  });
  app.get("/silent", (c) => {
    witness(c, auth.of(c));
    return noAnswer();
  });
  app.onError((_error, c) => c.text("failed", 500));
  return createAdaptorServer({ fetch: app.fetch }) as Server;
};

const onFetch: KeptApplication = async (options, witness) => {
  const auth = coatcheckFetch({ ...options, clientAddress: () => "127.0.0.1" });
  const me = auth.required((request, session) => {
    witness(request, session);
    return Response.json(session.user);
  });
  const handle = auth.handle(async (request, session) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/me") return me(request);
    witness(request, session);
    if (pathname === "/fails") throw new Error("as it was told");
    if (pathname === "/silent") return noAnswer();
    await session.login("ada", () => true, REMEMBER);
    return new Response();
  });
  const listener = getRequestListener(handle, { errorHandler: () => new Response("failed", { status: 500 }) });
  return createServer(listener);
};

export const keptApplications: Readonly<Record<string, KeptApplication>> = {
  Express: onExpress,
  Fastify: onFastify,
  Node: onNode,
  Hono: onHono,
  fetch: onFetch,
};

/** Listens, and shows the witness Node's own objects, too, which every framework stands on. */
export async function listen(server: Server, witness: Witness): Promise<string> {
  server.on("request", (request, response) => witness(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
