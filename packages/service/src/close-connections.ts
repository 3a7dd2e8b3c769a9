import type { FastifyInstance } from "fastify";

/**
 * Closing ends idle connections; those that are being answered end with the answer, not with their next silence. Returns
 * whether closing has begun, for answers that are not sent by way of `app`.
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
