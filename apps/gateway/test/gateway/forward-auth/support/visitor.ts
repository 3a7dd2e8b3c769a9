import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import WebSocket from "ws";

/** The one host that everything is served under. TLS ends before the proxy: what reaches that is plain http. */
export const HOST = "app.example";
export const ORIGIN = `https://${HOST}`;

export const sameOrigin = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", origin: ORIGIN };
export const crossSite = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", origin: "https://evil.example" };
export const navigation = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", accept: "text/html" };

export interface SentRequest {
  readonly method?: string;
  /** Goes out as it stands, dots and all. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A visitor with a cookie jar. Each request has a connection of its own. */
export class Visitor {
  readonly #port: number;
  readonly #localAddress: string;
  readonly #cookies = new Map<string, string>();

  /** `localAddress` is where the connection comes from: any of the loopback network is this machine. */
  constructor(port: number, localAddress = "127.0.0.1") {
    this.#port = port;
    this.#localAddress = localAddress;
  }

  send({ method = "GET", target, headers = {}, body }: SentRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        port: this.#port,
        localAddress: this.#localAddress,
        method,
        path: target,
        agent: false,
        headers: {
          host: HOST,
          ...this.#cookieHeader(),
          ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
          ...Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
          ),
        },
      });
      sent.on("error", reject);
      sent.on("response", (response) => {
        for (const cookie of response.headers["set-cookie"] ?? []) this.#keep(cookie);
        const { statusCode: status = 0, headers: received } = response;
        text(response).then((answer) => resolve({ status, headers: received, body: answer }), reject);
      });
      sent.end(body);
    });
  }

  /** As a page of ours opens one, unless other headers are given. */
  connect(target: string, headers: Readonly<Record<string, string>> = {}): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${this.#port}${target}`, {
      headers: { host: HOST, origin: ORIGIN, ...this.#cookieHeader(), ...headers },
    });
  }

  async login(email: string, password: string): Promise<void> {
    const { status, body } = await this.send({
      method: "POST",
      target: "/auth/login",
      headers: { "content-type": "application/json", ...sameOrigin },
      body: JSON.stringify({ email, password }),
    });
    if (status !== 200) throw new Error(`The login was answered with ${status}: ${body}`);
  }

  /** Takes a cookie besides those that were set. */
  keepCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  /** The same cookies, at another port or from another address. */
  copy(port = this.#port, localAddress = this.#localAddress): Visitor {
    const copy = new Visitor(port, localAddress);
    for (const [name, value] of this.#cookies) copy.keepCookie(name, value);
    return copy;
  }

  #cookieHeader(): { readonly cookie?: string } {
    if (this.#cookies.size === 0) return {};
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }

  #keep(setCookie: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
    if (/; Max-Age=0(;|$)/.test(setCookie)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
