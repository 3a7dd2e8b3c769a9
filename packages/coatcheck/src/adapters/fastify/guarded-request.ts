import type { FastifyRequest } from "fastify";
import type { GuardedRequest } from "../../http/guarded-request.ts";

/**
 * What the guard sees of Fastify's request. Nothing is read before it is asked for: few requests need the address. A
 * class, because V8 keeps literals that hold functions, and their requests with them, long after the response.
 */
export class GuardedFastifyRequest implements GuardedRequest {
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    this.#request = request;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.originalUrl;
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
    return headerText(this.#request.headers[name.toLowerCase()]);
  }
}

export function headerText(value: string | number | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
