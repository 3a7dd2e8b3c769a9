import { fastifyCookie } from "@fastify/cookie";
import { fastifySession } from "@fastify/session";
import { coatcheck as coatcheckExpress } from "coatcheck/express";
import { coatcheck as coatcheckFastify } from "coatcheck/fastify";
import type { SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { RedisStore } from "connect-redis";
import express from "express";
import expressSession from "express-session";
import Fastify from "fastify";
import { createClient } from "redis";

/** An application on a free port, whose `POST /login?user=` logs in and whose `GET /me` answers `{"id":"…"}`. */
export type Application = (redisUrl: string) => Promise<number>;

const ORIGIN = "http://localhost:3000";
const SECRET = "a secret of thirty-two bytes or more";
const HOUR_MILLISECONDS = 3_600_000;

declare module "express-session" {
  interface SessionData {
    userId: string;
  }
}

declare module "fastify" {
  interface Session {
    userId: string;
  }
}

/** Each as its documentation says, with nothing turned off that it does by default for a session that is used. */
export const applications: Readonly<Record<string, Application>> = {
  "Express, no session": async () => {
    const app = express();
    app.post("/login", (_request, response) => void response.sendStatus(204));
    app.get("/me", (_request, response) => void response.json({ id: "somebody" }));
    return listenExpress(app);
  },

  "Express, coatcheck, memory": async () => expressOver(new MemorySessionStore()),

  "Express, coatcheck, Redis": async (redisUrl) => expressOver(await coatcheckRedis(redisUrl)),

  "Express, express-session, connect-redis": async (redisUrl) => {
    const app = express().use(
      expressSession({
        store: new RedisStore({ client: await connect(redisUrl) }),
        secret: SECRET,
        resave: false,
        saveUninitialized: false,
        cookie: { maxAge: HOUR_MILLISECONDS, sameSite: "lax" },
      }),
    );
    app.post("/login", (request, response) => {
      request.session.userId = String(request.query.user);
      response.sendStatus(204);
    });
    app.get("/me", (request, response) => {
      const { userId } = request.session;
      if (userId === undefined) response.sendStatus(401);
      else response.json({ id: userId });
    });
    return listenExpress(app);
  },

  "Fastify, no session": async () => {
    const app = Fastify();
    app.post("/login", async (_request, reply) => reply.code(204).send());
    app.get("/me", async () => ({ id: "somebody" }));
    return listenFastify(app);
  },

  "Fastify, coatcheck, memory": async () => fastifyOver(new MemorySessionStore()),

  "Fastify, coatcheck, Redis": async (redisUrl) => fastifyOver(await coatcheckRedis(redisUrl)),

  "Fastify, @fastify/session, connect-redis": async (redisUrl) => {
    const app = Fastify();
    app.register(fastifyCookie);
    app.register(fastifySession, {
      store: new RedisStore({ client: await connect(redisUrl) }),
      secret: SECRET,
      saveUninitialized: false,
      cookie: { maxAge: HOUR_MILLISECONDS, sameSite: "lax", secure: false },
    });
    app.post<{ Querystring: { user: string } }>("/login", async (request, reply) => {
      request.session.userId = request.query.user;
      return reply.code(204).send();
    });
    app.get("/me", async (request, reply) => {
      const { userId } = request.session;
      return userId === undefined ? reply.code(401).send() : { id: userId };
    });
    return listenFastify(app);
  },
};

function expressOver(store: SessionStore): Promise<number> {
  const auth = coatcheckExpress({ store, origin: ORIGIN, findUser: (id) => ({ id }) });
  const app = express().use(auth.middleware);
  app.post("/login", async (request, response) => {
    await auth.login(request, String(request.query.user), () => true);
    response.sendStatus(204);
  });
  app.get(
    "/me",
    auth.required((_request, response, { user }) => response.json(user)),
  );
  return listenExpress(app);
}

function fastifyOver(store: SessionStore): Promise<number> {
  const auth = coatcheckFastify({ store, origin: ORIGIN, findUser: (id) => ({ id }) });
  const app = Fastify();
  app.register(auth.plugin);
  app.post<{ Querystring: { user: string } }>("/login", async (request, reply) => {
    await auth.login(request, request.query.user, () => true);
    return reply.code(204).send();
  });
  app.get(
    "/me",
    auth.required((_request, _reply, { user }) => user),
  );
  return listenFastify(app);
}

async function coatcheckRedis(redisUrl: string): Promise<SessionStore> {
  return RedisSessionStore.open({ client: await connect(redisUrl) });
}

/** The same client for all. */
async function connect(redisUrl: string) {
  const client = createClient({ url: redisUrl, disableOfflineQueue: true });
  client.on("error", () => {});
  await client.connect();
  return client;
}

function listenExpress(app: express.Express): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = app.listen(0, "127.0.0.1", (error) => {
      const address = server.address();
      if (error || address === null || typeof address === "string") reject(error ?? new Error("No port."));
      else resolve(address.port);
    });
  });
}

async function listenFastify(app: ReturnType<typeof Fastify>): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
}
