import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { WebSocketServer } from "ws";

/** A request as it reached the application: names as they were written, each value on its own. */
export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** AppService knows nothing of sessions, and answers whatever reaches it: a WebSocket with an echo. */
export class AppService {
  readonly seen: SeenRequest[] = [];
  readonly address: string;
  readonly #stop: () => Promise<void>;

  static async start(): Promise<AppService> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const service = new AppService((server.address() as AddressInfo).port, async () => {
      server.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      await once(server, "close");
    });
    server.on("request", async (request, response) => {
      const { method = "", url: target = "", rawHeaders } = request;
      service.seen.push({ method, target, headers: pairs(rawHeaders), body: await text(request) });
      response.end("from the application");
    });
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket, { method = "", url: target = "", rawHeaders }) => {
      service.seen.push({ method, target, headers: pairs(rawHeaders), body: "" });
      socket.on("message", (data) => socket.send(String(data)));
    });
    return service;
  }

  private constructor(port: number, stop: () => Promise<void>) {
    this.address = `127.0.0.1:${port}`;
    this.#stop = stop;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/** The values of a header, under any name that some server takes for the same. */
export function valuesOf({ headers }: SeenRequest, name: string): readonly string[] {
  return headers.filter(([given]) => given.toLowerCase().replaceAll(/[_.]/g, "-") === name).map(([, value]) => value);
}

function pairs(rawHeaders: readonly string[]): SeenRequest["headers"] {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return names.map((name, index) => [name, rawHeaders[2 * index + 1] ?? ""]);
}
