import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";

const CONFIGURATION = "haproxy.cfg";

const plan: ConfiguredPlan = {
  program: "haproxy",
  // Of a master, which has a worker do the work: one process alone says nothing once it is ready.
  readyMessage: "Loading success.",
  stopSignal: "SIGKILL",
  // `-dR`, for two of them would share a port.
  programArguments: (folder) => ["-W", "-db", "-dR", "-f", join(folder, CONFIGURATION)],
};

/** An HAProxy that runs a `haproxy.cfg` of yours. */
export class HaproxyServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<HaproxyServer> {
    return new HaproxyServer(await startConfigured(plan, files));
  }
}
