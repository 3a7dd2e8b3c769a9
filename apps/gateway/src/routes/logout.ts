import type { FastifyInstance } from "fastify";

/** Ends the session, if there is one. 204 either way; 503, with the cookie kept, if the store did not take it. */
export function addLogoutRoute(app: FastifyInstance): void {
  app.post("/auth/logout", async (request, reply) => {
    await request.visit.logout();
    return reply.code(204).send();
  });
}
