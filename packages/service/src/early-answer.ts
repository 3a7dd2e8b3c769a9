import type { IncomingMessage, Server, ServerResponse } from "node:http";

/**
 * Looks at each request before the framework does, and answers it or calls `next`, now or later. It is for requests that
 * are so frequent that the framework's own work for each of them counts.
 */
export type EarlyAnswer = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Call this once the server has its framework's handler. */
export function answerEarly(server: Server, answer: EarlyAnswer): void {
  const handlers = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, () => {
      for (const handler of handlers) handler.call(server, request, response);
    });
  });
}
