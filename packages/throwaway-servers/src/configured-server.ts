import { type ConfigurationFiles, writeConfiguration } from "./configuration-files.ts";
import { type ServerPlan, ThrowawayServer } from "./throwaway-server.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

type Files = ReturnType<ConfigurationFiles>;

export interface ConfiguredPlan extends Omit<ServerPlan, "user" | "prepare"> {
  /** The files that it runs with: those given, and what it needs besides. Without it, those given alone. */
  complete?(given: Files, folder: string, port: number): Files;
}

/** A server that does what configuration of yours tells it. */
export abstract class ConfiguredServer {
  readonly #server: ThrowawayServer;

  protected constructor(server: ThrowawayServer) {
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Of the program itself; its workers are its children. */
  get processId(): number {
    return this.#server.processId;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

export function startConfigured(plan: ConfiguredPlan, files: ConfigurationFiles): Promise<ThrowawayServer> {
  const { complete = (given) => given, ...rest } = plan;
  return ThrowawayServer.start({
    ...rest,
    user: unprivilegedUser(),
    prepare: (folder, port) => writeConfiguration(folder, port, (address) => complete(files(address), folder, port)),
  });
}
