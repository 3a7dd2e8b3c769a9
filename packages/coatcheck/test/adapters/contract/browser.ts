import { type IncomingMessage, request } from "node:http";

/** A client that keeps one cookie, as a browser would, and says nothing of itself but what it is told to. */
export class Browser {
  cookie: string | null = null;
  #keepsCookie = false;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Redirections are not followed. A body that is no text is sent as JSON. */
  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body: string | object = "",
  ): Promise<Response> {
    const own = this.cookie === null ? {} : { cookie: this.cookie };
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      // Not fetch, which adds Fetch Metadata of its own.
      request(this.#url + path, { method, headers: { ...own, ...headers }, agent: false }, resolve)
        .on("error", reject)
        .end(typeof body === "string" ? body : JSON.stringify(body));
    });
    const response = await responseOf(message);
    for (const field of response.headers.getSetCookie()) {
      const pair = field.slice(0, field.indexOf(";"));
      this.cookie = pair.endsWith("=") ? null : pair;
      this.#keepsCookie = /;\s*max-age=/i.test(field);
    }
    return response;
  }

  /** Is closed, and opened again later: what is left is a cookie with an age. */
  restart(): void {
    if (!this.#keepsCookie) this.cookie = null;
  }

  /** Status, and JSON body if it is an object. */
  async ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<[number, unknown]> {
    const response = await this.send(method, path, headers);
    const text = await response.text();
    return [response.status, text.startsWith("{") ? JSON.parse(text) : text];
  }
}

async function responseOf(message: IncomingMessage): Promise<Response> {
  const body = Buffer.concat(await message.toArray());
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return new Response(body.length === 0 ? null : body, { status: message.statusCode ?? 0, headers });
}
