import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Browsers never send a request before the last one is answered. Some programs do, a few times. */
const MAXIMUM_PIPELINED = 8;

/** Closes a connection with more requests under way than its client would soon read answers for. */
export function boundPipelining(app: FastifyInstance): void {
  const pipelined = new PipelinedRequests();
  app.addHook("onRequest", (request, reply, done) => {
    if (pipelined.begin(request.raw, reply.raw)) return done();
    request.raw.socket.destroy();
    reply.hijack();
  });
}

/**
 * PipelinedRequests knows the unanswered requests of each connection. Answers leave in order, so a slow answer delays
 * those behind it. If all were begun at once, a single connection could use up the whole server.
 */
export class PipelinedRequests {
  readonly #answers = new WeakMap<Socket, Set<ServerResponse>>();

  /**
   * False if this is one request too many: the caller then closes the connection, because the client would not read the
   * answer soon.
   */
  begin({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const answers = this.#answers.get(socket) ?? this.#follow(socket);
    if (answers.size >= MAXIMUM_PIPELINED) return false;
    answers.add(response);
    response.once("close", () => answers.delete(response));
    return true;
  }

  /** When a connection ends, Node reports the answer that was being sent, but not the answers that waited behind it. */
  #follow(socket: Socket): Set<ServerResponse> {
    const answers = new Set<ServerResponse>();
    this.#answers.set(socket, answers);
    socket.once("close", () => {
      for (const response of answers) {
        response.destroy();
        response.emit("close");
      }
    });
    return answers;
  }
}
