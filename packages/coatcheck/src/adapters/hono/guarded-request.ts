import type { Context } from "hono";
import type { GuardedRequest } from "../../http/guarded-request.ts";

/** As `@hono/node-server` gives it: Node's own request. */
interface NodeBindings {
  readonly incoming?: {
    readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly socket?: { readonly remoteAddress?: string };
  };
}

/**
 * What the guard sees of the request in a context. Under Node the headers are those that Node has parsed: to ask the
 * Request for them makes a copy of all of them.
 */
export class GuardedHonoRequest implements GuardedRequest {
  readonly #request: Request;
  readonly #context: Context;
  readonly #addressOf: (context: Context) => string | undefined;

  constructor(context: Context, addressOf: (context: Context) => string | undefined) {
    this.#request = context.req.raw;
    this.#context = context;
    this.#addressOf = addressOf;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get headers(): this {
    return this;
  }

  get clientAddress(): string | undefined {
    return this.#addressOf(this.#context);
  }

  get(name: string): string | null {
    const parsed = bindingsOf(this.#context).incoming?.headers;
    if (parsed === undefined) return this.#request.headers.get(name);
    // The guard asks in small letters, as the names are kept.
    const value = parsed[name] ?? parsed[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }
}

/** The address at the other end of the connection, where Node tells it. */
export function connectionAddress(context: Context): string | undefined {
  return bindingsOf(context).incoming?.socket?.remoteAddress;
}

function bindingsOf({ env }: Context): NodeBindings {
  return (env ?? {}) as NodeBindings;
}
