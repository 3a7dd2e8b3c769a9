import type { Context } from "hono";
import type { GuardedRequest } from "../../http/guarded-request.ts";
import { symbolCalled } from "../door/light-response.ts";

type ParsedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** As `@hono/node-server` gives it: Node's own request. */
interface NodeBindings {
  readonly incoming?: {
    readonly headers?: ParsedHeaders;
    readonly socket?: { readonly remoteAddress?: string };
  };
}

/** Where a Request of `@hono/node-server` has Node's: found with the first one. */
let incomingKey: symbol | null = null;

/**
 * The request of a context as the guard sees it. Under Node the headers are those that Node has parsed: to ask the
 * Request for them makes a copy of all of them.
 */
export class GuardedHonoRequest implements GuardedRequest {
  readonly #request: Request;
  readonly #context: Context;
  readonly #addressOf: (context: Context) => string | undefined;
  readonly #parsed: ParsedHeaders | undefined;

  constructor(context: Context, addressOf: (context: Context) => string | undefined) {
    this.#request = context.req.raw;
    this.#context = context;
    this.#addressOf = addressOf;
    this.#parsed = parsedHeadersOf(this.#request, bindingsOf(context));
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
    const parsed = this.#parsed;
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

/** Undefined for a Request that did not come over Node's socket: an application asks itself, and passes the bindings on. */
function parsedHeadersOf(request: Request, { incoming }: NodeBindings): ParsedHeaders | undefined {
  if (incoming === undefined) return undefined;
  incomingKey ??= symbolCalled("incomingKey", request);
  return incomingKey !== null && Reflect.get(request, incomingKey) === incoming ? incoming.headers : undefined;
}

function bindingsOf({ env }: Context): NodeBindings {
  return (env ?? {}) as NodeBindings;
}
