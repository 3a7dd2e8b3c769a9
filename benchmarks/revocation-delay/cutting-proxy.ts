import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * CuttingProxy passes everything on to Redis, until it is told to cut: then the connections that subscribe go dead, as
 * behind a firewall that forgot them. Nothing arrives on them any more, and neither end is told.
 */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => proxy.#join(client, connect(port, "127.0.0.1")));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** New connections are passed on again; dead ones stay dead. */
  mend(): void {
    this.#isCut = false;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(client: Socket, redis: Socket): void {
    let isSubscriber = false;
    let isDead = false;
    const dies = () => {
      isDead ||= isSubscriber && this.#isCut;
      return isDead;
    };
    client.on("data", (bytes) => {
      isSubscriber ||= bytes.toString("latin1").toLowerCase().includes("subscribe");
      if (!dies()) redis.write(bytes);
    });
    redis.on("data", (bytes) => {
      if (!dies()) client.write(bytes);
    });
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
