import type { FastifyInstance, FastifyRequest } from "fastify";
import { ignoreBody } from "../http/json-bodies.ts";

/**
 * Ends the session, if there is one. 204 either way; 503, with the cookie kept, if the store did not take it. A body is no
 * reason to stay signed in: a form and `navigator.sendBeacon` have one. Pages of other sites are refused before.
 */
export function addLogoutRoute(app: FastifyInstance): void {
  const onRequest = async (request: FastifyRequest) => ignoreBody(request);
  app.post("/auth/logout", { onRequest }, async (request, reply) => {
    await request.visit.logout();
    return reply.code(204).send();
  });
}
