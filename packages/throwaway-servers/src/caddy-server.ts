import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";

const CONFIGURATION = "server.caddyfile";

const plan: ConfiguredPlan = {
  program: "caddy",
  readyMessage: "serving initial configuration",
  stopSignal: "SIGKILL",
  needsFreePort: true,
  complete: (given) => ({ ...given, [CONFIGURATION]: mainConfiguration() }),
  environment: (folder) => ({ XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder }),
  programArguments: (folder) => ["run", "--adapter", "caddyfile", "--config", join(folder, CONFIGURATION)],
};

/** A Caddy that runs a `Caddyfile` of yours: sites, without global options. */
export class CaddyServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<CaddyServer> {
    return new CaddyServer(await startConfigured(plan, files));
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
