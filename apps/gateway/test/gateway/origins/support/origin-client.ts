import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import WebSocket from "ws";
import { type Answer, type SentRequest, Visitor } from "../../forward-auth/support/visitor.ts";
import { ada } from "./gateway-of-origins.ts";

/** A browser at one origin: what it sends says so, and its cookies are of that host alone. */
export class OriginClient {
  readonly origin: string;
  readonly #port: number;
  readonly #visitor: Visitor;
  readonly #cookies = new Map<string, string>();

  constructor(port: number, origin: string) {
    this.#port = port;
    this.#visitor = new Visitor(port);
    this.origin = origin;
  }

  get host(): string {
    return new URL(this.origin).host;
  }

  get cookieNames(): readonly string[] {
    return [...this.#cookies.keys()];
  }

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async send({ headers = {}, ...request }: SentRequest): Promise<Answer> {
    const cookie = this.cookieHeader;
    const own = { host: this.host, ...(cookie === "" ? {} : { cookie }) };
    const answer = await this.#visitor.send({ ...request, headers: { ...own, ...headers } });
    for (const text of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }

  /** As a page of `from` sends it, with this browser's cookies: its own page, if nothing else is said. */
  post(target: string, body: object, from = this.origin): Promise<Answer> {
    const headers = { origin: from, "content-type": "application/json" };
    return this.send({ method: "POST", target, headers, body: JSON.stringify(body) });
  }

  login(from = this.origin): Promise<Answer> {
    return this.post("/auth/login", ada, from);
  }

  /** As a page of `from` opens a WebSocket: what the service says first, or the status by which it is refused. */
  async openSocket(target: string, from = this.origin): Promise<string | number> {
    const headers = { host: this.host, origin: from, cookie: this.cookieHeader };
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}${target}`, { headers });
    const said = once(socket, "message").then(([data]) => String(data));
    const refused = once(socket, "unexpected-response").then(([, response]) => {
      (response as IncomingMessage).resume();
      return (response as IncomingMessage).statusCode ?? 0;
    });
    const result = await Promise.race([said, refused]);
    socket.on("error", () => {}).terminate();
    return result;
  }
}
