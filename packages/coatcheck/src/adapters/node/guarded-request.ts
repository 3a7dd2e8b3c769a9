import type { IncomingMessage, ServerResponse } from "node:http";
import { CoatcheckError } from "../../errors.ts";
import type { Answer } from "../../http/answer.ts";
import type { GuardedRequest } from "../../http/guarded-request.ts";

/**
 * Node's request as the guard sees it. The address is read where it is needed: at logins. Method and URL are those of
 * the moment, because routers write others into the request. A class, because V8 keeps literals that hold functions, and
 * their requests with them, long after the response.
 */
export class GuardedNodeRequest<Request extends IncomingMessage> implements GuardedRequest {
  readonly method: string;
  readonly url: string | undefined;
  readonly #request: Request;
  readonly #addressOf: (request: Request) => string | undefined;

  constructor(request: Request, addressOf: (request: Request) => string | undefined) {
    this.method = request.method ?? "GET";
    // Express keeps there what was asked for, where a router has shortened `url`.
    this.url = (request as { readonly originalUrl?: string }).originalUrl ?? request.url;
    this.#request = request;
    this.#addressOf = addressOf;
  }

  get clientAddress(): string | undefined {
    return this.#addressOf(this.#request);
  }

  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    const { headers } = this.#request;
    // The guard asks in small letters, as the names are kept.
    const value = headers[name] ?? headers[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }
}

export function sendNodeAnswer({ status, headers, body }: Answer, response: ServerResponse): void {
  if (typeof response?.setHeader !== "function") {
    const message = "answer needs the response, too: write auth.answer(login, response).";
    throw new CoatcheckError("invalid_configuration", message);
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body ?? undefined);
}
