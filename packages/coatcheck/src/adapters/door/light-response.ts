import type { HeaderEdit, OutgoingResponse } from "../../http/response-headers.ts";

type Body = string | Uint8Array<ArrayBuffer> | null;
type Fields = Readonly<Record<string, string>>;

const NO_FIELDS: Fields = {};

/** The type that `@hono/node-server` sends where none is given. */
const DEFAULT_TYPE = "text/plain; charset=UTF-8";

/** The class of these responses, and where each has its parts. */
let known: { readonly made: typeof Response; readonly key: symbol } | null = null;

/**
 * LightResponse is a Response of `@hono/node-server` that nothing has read yet: it is still the status, body and headers that
 * it was made of, and that server sends these as they are. To ask it for `headers` would make real ones, and Node's own of
 * those, which takes longer than the check of a session. So they are read where they are, and edits make another such response.
 */
export class LightResponse implements OutgoingResponse {
  readonly status: number;
  readonly #body: Body;
  readonly #fields: Fields;

  private constructor(status: number, body: Body, fields: Fields) {
    this.status = status;
    this.#body = body;
    this.#fields = fields;
  }

  /**
   * Null for any other response: one that was read, streams, has headers of a kind of its own, or is of another server. And of
   * a class of the application's: its constructor may take other things, and lose the edits.
   */
  static of(response: Response): LightResponse | null {
    if (response.constructor !== Response) return null;
    const key = known?.made === Response ? known.key : symbolCalled("cache", response);
    const parts: unknown = key === null ? null : Reflect.get(response, key);
    if (key === null || !Array.isArray(parts) || parts.length !== 3) return null;
    const [status, body, fields = NO_FIELDS] = parts as readonly unknown[];
    if (typeof status !== "number" || !isBody(body) || !isPlain(fields)) return null;
    if (known?.made !== Response) known = { made: Response, key };
    return new LightResponse(status, body, fields);
  }

  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    const field = this.#nameOf(name);
    if (field !== null) return this.#fields[field]?.trim() ?? null;
    return name === "content-type" && this.#body !== null ? DEFAULT_TYPE : null;
  }

  /** Another response with the edits: the application may answer further requests with this one. Null where it cannot be. */
  with(edits: readonly HeaderEdit[]): Response | null {
    // Not by a spread: what is added to one takes V8 as long as the real headers would.
    const headers = Object.assign({} as Record<string, string>, this.#fields);
    if (this.#body !== null && this.#nameOf("content-type") === null) headers["content-type"] = DEFAULT_TYPE;
    for (const { name, value, mode } of edits) {
      const given = this.#nameOf(name);
      // Two fields of one name are more than such headers can say.
      if (mode === "append" && (given !== null || name in headers)) return null;
      headers[given ?? name] = value;
    }
    return new Response(this.#body, { status: this.status, headers });
  }

  /** As the application spells it. */
  #nameOf(name: string): string | null {
    for (const field in this.#fields) if (isSame(field, name)) return field;
    return null;
  }
}

/** The symbol under which `@hono/node-server` keeps something in its requests and responses; null if it has none. */
export function symbolCalled(name: string, owner: object): symbol | null {
  return Object.getOwnPropertySymbols(owner).find(({ description }) => description === name) ?? null;
}

function isBody(body: unknown): body is Body {
  return body === null || typeof body === "string" || body instanceof Uint8Array;
}

/** Whether each name has one value, which is a text. */
function isPlain(fields: unknown): fields is Fields {
  if (typeof fields !== "object" || fields === null || Object.getPrototypeOf(fields) !== Object.prototype) return false;
  const names = Object.keys(fields);
  return names.every(
    (name, index) =>
      typeof (fields as Record<string, unknown>)[name] === "string" &&
      names.every((other, place) => place >= index || !isSame(other, name.toLowerCase())),
  );
}

/** `name` is in small letters. */
function isSame(field: string, name: string): boolean {
  return field.length === name.length && (field === name || field.toLowerCase() === name);
}
