import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type RequestOrigin, withOrigin } from "./audit/request-origin.ts";

/** Names requests, differently on every node and after every start: the log and the audit log outlive both. */
export function requestIds(): () => string {
  const prefix = randomBytes(6).toString("base64url");
  let count = 0;
  return () => `${prefix}.${(++count).toString(36)}`;
}

/** Has everything that serves a request know where it came from. */
export function addRequestOrigins(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _reply, done) => withOrigin(originOf(request), done));
  // A body is read on behalf of its connection, so what comes after it has to be told again.
  app.addHook("preValidation", (request, _reply, done) => withOrigin(originOf(request), done));
}

/** The same for requests that the framework does not see. */
export function messageOrigins(
  clientAddress: (request: IncomingMessage) => string,
): (request: IncomingMessage) => RequestOrigin {
  const nextId = requestIds();
  return (request) => new MessageOrigin(request, clientAddress, nextId);
}

function originOf({ id: requestId, ip: clientAddress, headers }: FastifyRequest): RequestOrigin {
  return { requestId, clientAddress, userAgent: headers["user-agent"] ?? null };
}

/** Finds out when it is asked, which for hardly any request it is. */
class MessageOrigin implements RequestOrigin {
  readonly #request: IncomingMessage;
  readonly #clientAddress: (request: IncomingMessage) => string;
  readonly #nextId: () => string;
  #requestId: string | null = null;

  constructor(request: IncomingMessage, clientAddress: (request: IncomingMessage) => string, nextId: () => string) {
    this.#request = request;
    this.#clientAddress = clientAddress;
    this.#nextId = nextId;
  }

  get requestId(): string {
    this.#requestId ??= this.#nextId();
    return this.#requestId;
  }

  get clientAddress(): string {
    return this.#clientAddress(this.#request);
  }

  get userAgent(): string | null {
    return this.#request.headers["user-agent"] ?? null;
  }
}
