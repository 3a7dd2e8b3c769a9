import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

export type WebSocketHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

/** With more fields, Node no longer reports all of them. */
const MAXIMUM_FIELDS = 1_000;
const OF_THE_UPGRADE: ReadonlySet<string> = new Set(["upgrade", "http2-settings"]);

/**
 * Hands WebSockets to `handle`, and serves every other request with an Upgrade as if it had none, as a server may (RFC 9110,
 * 7.8): HTTP clients offer HTTP/2 in this way with the first request of a connection. Node gives up such a connection after
 * it has read the headers, so the connection is handed to the server once more, with the same request in front. Call this
 * when the server has all its listeners.
 */
export function ignoreOtherUpgrades(server: Server, handle: WebSocketHandler): void {
  const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = unanswered.get(socket) ?? new Set();
    unanswered.set(socket, responses.add(response));
    response.once("close", () => responses.delete(response));
  });
  server.on("upgrade", async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isWebSocket(request)) {
      handle(request, socket, head);
      return;
    }
    socket.on("error", destroyed);
    if (request.rawHeaders.length > 2 * MAXIMUM_FIELDS) {
      socket.destroy();
      return;
    }
    // Answers leave in order, and the answers to earlier requests belong to the connection that was given up.
    for (const response of unanswered.get(socket) ?? []) await closed(response);
    if (socket.destroyed) return;
    socket.off("error", destroyed);
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    server.emit("connection", socket);
  });
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && /(^|,)[ \t]*websocket[ \t]*(,|$)/i.test(headers.upgrade ?? "");
}

/** A broken connection also reports its end. */
function destroyed(this: Duplex): void {
  this.destroy();
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.once("close", () => resolve());
  });
}

/** The bytes of the request, without the fields for which Node would give up the connection again. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    const read = name.toLowerCase();
    if (OF_THE_UPGRADE.has(read)) continue;
    lines.push(`${name}: ${read === "connection" ? withoutNamed(value) : value}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

function withoutNamed(connection: string): string {
  const options = connection.split(",").map((option) => option.trim());
  return options.filter((option) => !OF_THE_UPGRADE.has(option.toLowerCase())).join(", ");
}
