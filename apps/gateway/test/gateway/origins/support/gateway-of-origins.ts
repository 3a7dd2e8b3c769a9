import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "@coatcheck/throwaway-servers";
import { WebSocketServer } from "ws";
import { GatewayProcess } from "../../../support/gateway-process.ts";

export const ada = { email: "ada@example.com", password: "counting analytical engines" };

/** TLS would end before the gateway: what reaches it is plain http. */
export const APP = "https://app.example";
export const MUSIC = "https://music.example:8443";
/** The gateway itself, as it is seen from this machine. */
export const localAt = (port: number) => `http://localhost:${port}`;

/** A private service that says what it is, and remembers what it was told. */
export class NamedService {
  readonly seen: IncomingMessage[] = [];
  readonly url: string;
  readonly #server: Server;

  static async start(name: string): Promise<NamedService> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new NamedService(name, server);
  }

  private constructor(name: string, server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request: IncomingMessage, response) => {
      this.seen.push(request);
      response.end(name);
    });
    new WebSocketServer({ server }).on("connection", (socket, request) => {
      this.seen.push(request);
      socket.send(name);
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A gateway of three origins, with services that belong to one of them or to all. */
export class GatewayOfOrigins {
  readonly app: NamedService;
  readonly music: NamedService;
  readonly process: GatewayProcess;
  readonly port: number;

  static async start(): Promise<GatewayOfOrigins> {
    const [app, music, port] = await Promise.all([NamedService.start("app"), NamedService.start("music"), freePort()]);
    const routes = [
      { path: "/", upstream: app.url, access: "login" },
      { path: "/private/", upstream: app.url, access: "role:admin" },
      { host: "music.example:8443", path: "/", upstream: music.url, access: "login" },
    ];
    const process = await GatewayProcess.create({
      PORT: String(port),
      HOST: "127.0.0.1",
      COATCHECK_PUBLIC_URL: [APP, MUSIC, localAt(port)].join(","),
      COATCHECK_ROUTES: JSON.stringify(routes),
      COATCHECK_FORWARD_AUTH: "true",
      COATCHECK_TRUSTED_PROXIES: "127.0.0.1",
    });
    await process.addUser(ada.email, ada.password, "Ada");
    await process.start();
    return new GatewayOfOrigins({ app, music, process, port });
  }

  private constructor(parts: Pick<GatewayOfOrigins, "app" | "music" | "process" | "port">) {
    this.app = parts.app;
    this.music = parts.music;
    this.process = parts.process;
    this.port = parts.port;
  }

  async stop(): Promise<void> {
    await this.process.dispose();
    this.app.stop();
    this.music.stop();
  }
}
