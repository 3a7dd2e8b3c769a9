/** A client that keeps cookies and says where its requests come from, as a page of the application would. */
export class Browser {
  readonly #cookies: Map<string, string>;
  readonly #url: string;

  constructor(url: string, cookies: ReadonlyMap<string, string> = new Map()) {
    this.#url = url;
    this.#cookies = new Map(cookies);
  }

  /** Another browser with the same cookies as this one has now: what a thief gets. */
  copy(): Browser {
    return new Browser(this.#url, this.#cookies);
  }

  /** What a script in the page can read of the cookies: nothing that is HttpOnly, which all of them have to be. */
  get hasCookies(): boolean {
    return this.#cookies.size > 0;
  }

  get(path: string): Promise<Response> {
    return this.fetch(this.#url + path);
  }

  post(path: string, body: object = {}): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.fetch(this.#url + path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** `fetch`, with the cookies and the Origin that a browser adds. */
  readonly fetch = async (url: string | URL | Request, options: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(options.headers);
    headers.set("origin", this.#url);
    if (this.hasCookies)
      headers.set("cookie", [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...options, headers });
    for (const field of response.headers.getSetCookie()) this.#keep(field);
    return response;
  };

  #keep(field: string): void {
    const [pair = "", ...attributes] = field.split(";").map((part) => part.trim());
    const separator = pair.indexOf("=");
    const name = pair.slice(0, separator);
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(separator + 1));
  }
}
