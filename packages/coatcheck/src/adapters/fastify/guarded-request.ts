import type { FastifyRequest } from "fastify";
import type { GuardedRequest } from "../../http/guarded-request.ts";

/**
 * Fastify's request as the guard sees it. The address is read where it is needed: at logins. Method and URL are those of
 * the moment. A class, because V8 keeps literals that hold functions, and their requests with them, long after the
 * response.
 */
export class GuardedFastifyRequest implements GuardedRequest {
  readonly method: string;
  readonly url: string;
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    this.method = request.method;
    this.url = request.originalUrl;
    this.#request = request;
  }

  get clientAddress(): string {
    return this.#request.ip;
  }

  get id(): string {
    return this.#request.id;
  }

  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    const { headers } = this.#request;
    // The guard asks in small letters, as the names are kept.
    return headerText(headers[name] ?? headers[name.toLowerCase()]);
  }
}

export function headerText(value: string | number | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
