import { join } from "node:path";
import { type ConfigurationFiles, writeConfiguration } from "./configuration-files.ts";
import { ThrowawayServer } from "./throwaway-server.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const CONFIGURATION = "server.caddyfile";

/** A Caddy that runs a `Caddyfile` of yours: sites, without global options. */
export class CaddyServer {
  readonly #server: ThrowawayServer;

  static async start(files: ConfigurationFiles): Promise<CaddyServer> {
    return new CaddyServer(
      await ThrowawayServer.start({
        program: "caddy",
        user: unprivilegedUser(),
        readyMessage: "serving initial configuration",
        stopSignal: "SIGKILL",
        sharesPorts: true,
        prepare: (folder, port) =>
          writeConfiguration(folder, port, (address) => ({ ...files(address), [CONFIGURATION]: mainConfiguration() })),
        environment: (folder) => ({ XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder }),
        programArguments: (folder) => ["run", "--adapter", "caddyfile", "--config", join(folder, CONFIGURATION)],
      }),
    );
  }

  private constructor(server: ThrowawayServer) {
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

/** It gets no certificates, and listens for nothing else. */
function mainConfiguration(): string {
  return `
{
  admin off
  auto_https off
  default_bind 127.0.0.1
}
import Caddyfile
`;
}
