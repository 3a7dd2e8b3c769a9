import { fastifyCookie } from "@fastify/cookie";
import { fastifySession } from "@fastify/session";
import { RedisStore } from "connect-redis";
import Fastify from "fastify";
import { type Application, HOUR_MILLISECONDS, SECRET } from "../application.ts";
import { type LoginRoute, listenFastify } from "../fastify.ts";
import { connectRedis } from "../stores.ts";

declare module "fastify" {
  interface Session {
    userId: string;
  }
}

/** With its defaults, by which it saves a session with each request. */
export const fastifySessionOnRedis: Application = async ({ redisUrl }) => {
  const app = Fastify();
  app.register(fastifyCookie);
  app.register(fastifySession, {
    store: new RedisStore({ client: await connectRedis(redisUrl) }),
    secret: SECRET,
    saveUninitialized: false,
    cookie: { maxAge: HOUR_MILLISECONDS, sameSite: "lax", secure: false },
  });
  app.post<LoginRoute>("/login", async (request, reply) => {
    request.session.userId = request.query.user;
    return reply.code(204).send();
  });
  app.get("/me", async (request, reply) => {
    const { userId } = request.session;
    return userId === undefined ? reply.code(401).send() : { id: userId };
  });
  return listenFastify(app);
};
