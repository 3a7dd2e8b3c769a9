import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";

const CONFIGURATION = "server.conf";
const MODULE_FOLDER = "/usr/lib/apache2/modules";
const MODULES = ["mpm_event", "authz_core", "dir", "rewrite", "setenvif", "proxy", "proxy_fcgi"];

const plan: ConfiguredPlan = {
  program: "apache2",
  readyMessage: "resuming normal operations",
  // Killed, it would leave its workers behind.
  stopSignal: "SIGTERM",
  complete: (given, folder, port) => ({ ...given, [CONFIGURATION]: mainConfiguration(folder, port) }),
  programArguments: (folder) => ["-D", "FOREGROUND", "-f", join(folder, CONFIGURATION)],
};

/** An Apache that includes an `apache.conf` of yours. Its documents are in `documents`. */
export class ApacheServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<ApacheServer> {
    return new ApacheServer(await startConfigured(plan, files));
  }
}

/** It logs through `cat`: it opens a log anew, and the one it was started with is not its own. */
function mainConfiguration(folder: string, port: number): string {
  return `
ServerRoot "${folder}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile apache.pid
DefaultRuntimeDir "${folder}"
ErrorLog "|/bin/cat"
LogLevel notice
${MODULES.map((name) => `LoadModule ${name}_module ${MODULE_FOLDER}/mod_${name}.so`).join("\n")}
DocumentRoot "${join(folder, "documents")}"
Include apache.conf
`;
}
