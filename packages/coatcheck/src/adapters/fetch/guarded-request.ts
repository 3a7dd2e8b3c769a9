import type { GuardedRequest } from "../../http/guarded-request.ts";

/** A web-standard Request as the guard sees it. The address is read where it is needed: at logins. */
export class GuardedFetchRequest implements GuardedRequest {
  readonly #request: Request;
  readonly #addressOf: (request: Request) => string | undefined;

  constructor(request: Request, addressOf: (request: Request) => string | undefined) {
    this.#request = request;
    this.#addressOf = addressOf;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get headers(): Headers {
    return this.#request.headers;
  }

  get clientAddress(): string | undefined {
    return this.#addressOf(this.#request);
  }
}
