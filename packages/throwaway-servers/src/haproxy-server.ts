import { join } from "node:path";
import { type ConfigurationFiles, writeConfiguration } from "./configuration-files.ts";
import { ThrowawayServer } from "./throwaway-server.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const CONFIGURATION = "haproxy.cfg";

/** An HAProxy that runs a `haproxy.cfg` of yours. */
export class HaproxyServer {
  readonly #server: ThrowawayServer;

  static async start(files: ConfigurationFiles): Promise<HaproxyServer> {
    return new HaproxyServer(
      await ThrowawayServer.start({
        program: "haproxy",
        user: unprivilegedUser(),
        // Of a master, which has a worker do the work: one process alone says nothing once it is ready.
        readyMessage: "Loading success.",
        stopSignal: "SIGKILL",
        prepare: (folder, port) => writeConfiguration(folder, port, files),
        // `-dR`, for two of them would share a port.
        programArguments: (folder) => ["-W", "-db", "-dR", "-f", join(folder, CONFIGURATION)],
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
