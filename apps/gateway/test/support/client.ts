import { requireDocumented } from "./documented-answers.ts";

/** A client with a cookie jar and, like a script that knows the rules, `X-CSRF: 1`. What the API answers it must be documented. */
export class Client {
  readonly url: string;
  readonly cookies = new Map<string, string>();
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = { "x-csrf": "1" }) {
    this.url = url;
    this.#headers = headers;
  }

  /** The Cookie header as it stands: what a thief who copies the jar holds. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...this.#headers,
        ...(this.cookies.size === 0 ? {} : { cookie: this.cookieHeader }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    for (const text of response.headers.getSetCookie()) this.#keep(text);
    await requireDocumented(method, path, response);
    return response;
  }

  login(email: string, password: string, remember?: boolean): Promise<Response> {
    return this.send("POST", "/auth/login", { email, password, ...(remember === undefined ? {} : { remember }) });
  }

  /** Another client that holds a copy of this one's cookies. */
  copy(): Client {
    const copy = new Client(this.url, this.#headers);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** The same browser at another gateway on this machine: there, too, the cookie's name says the port. */
  at(url: string): Client {
    const other = new Client(url, this.#headers);
    other.cookies.set(sessionCookieAt(url), this.cookies.get(sessionCookieAt(this.url)) ?? "");
    return other;
  }

  #keep(setCookie: string): void {
    const [pair = "", ...attributes] = setCookie.split("; ");
    const separator = pair.indexOf("=");
    const name = pair.slice(0, separator);
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(separator + 1));
  }
}

function sessionCookieAt(url: string): string {
  return `coatcheck-${new URL(url).port}`;
}
