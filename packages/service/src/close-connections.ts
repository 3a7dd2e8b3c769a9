import type { FastifyInstance } from "fastify";

/**
 * When the server closes, idle connections end at once, and a connection with an answer under way ends with that answer.
 * Returns a function that tells whether closing has begun, for answers that are not sent through `app`.
 */
export function closeConnectionsWhenClosing(app: FastifyInstance): () => boolean {
  let isClosing = false;
  app.addHook("preClose", async () => {
    isClosing = true;
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (isClosing) reply.header("connection", "close");
    done(null, payload);
  });
  return () => isClosing;
}
