import { createServer } from "node:http";
import { RedisStore } from "connect-redis";
import express from "express";
import expressSession from "express-session";
import { type Application, HOUR_MILLISECONDS, listen, SECRET } from "../application.ts";
import { connectRedis } from "../stores.ts";

declare module "express-session" {
  interface SessionData {
    userId: string;
  }
}

/** As its documentation recommends; it then tells Redis of each request that the session is in use. */
export const expressSessionOnRedis: Application = async ({ redisUrl }) => {
  const app = express().use(
    expressSession({
      store: new RedisStore({ client: await connectRedis(redisUrl) }),
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
  return listen(createServer(app));
};
