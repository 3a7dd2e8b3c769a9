import { randomBytes } from "node:crypto";
import { fastifySecureSession } from "@fastify/secure-session";
import Fastify from "fastify";
import type { Application } from "../application.ts";
import { type LoginRoute, listenFastify } from "../fastify.ts";

const KEY_BYTES = 32;

declare module "@fastify/secure-session" {
  interface SessionData {
    userId: string;
  }
}

/** The whole session in an encrypted cookie, which no server can end before it expires. */
export const secureSession: Application = async () => {
  const app = Fastify();
  app.register(fastifySecureSession, {
    key: randomBytes(KEY_BYTES),
    cookie: { path: "/", httpOnly: true, sameSite: "lax" },
  });
  app.post<LoginRoute>("/login", async (request, reply) => {
    request.session.set("userId", request.query.user);
    return reply.code(204).send();
  });
  app.get("/me", async (request, reply) => {
    const id = request.session.get("userId");
    return id === undefined ? reply.code(401).send() : { id };
  });
  return listenFastify(app);
};
