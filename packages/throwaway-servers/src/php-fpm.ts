import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";
import type { ThrowawayServer } from "./throwaway-server.ts";

const CONFIGURATION = "php-fpm.conf";

const plan: ConfiguredPlan = {
  program: "php-fpm",
  readyMessage: "ready to handle connections",
  // Killed, it would leave its workers behind.
  stopSignal: "SIGTERM",
  complete: (given, folder, port) => ({ ...given, [CONFIGURATION]: configuration(folder, port) }),
  programArguments: (folder) => [
    "--no-php-ini",
    "--nodaemonize",
    "--force-stderr",
    "--fpm-config",
    join(folder, CONFIGURATION),
  ],
};

/** A PHP that web servers ask by FastCGI, with scripts of yours. */
export class PhpFpm extends ConfiguredServer {
  /** Where the scripts are. */
  readonly folder: string;

  static async start(files: ConfigurationFiles): Promise<PhpFpm> {
    return new PhpFpm(await startConfigured(plan, files));
  }

  private constructor(server: ThrowawayServer) {
    super(server);
    this.folder = server.folder;
  }
}

function configuration(folder: string, port: number): string {
  return `
[global]
error_log = ${join(folder, "php-fpm.log")}
[www]
listen = 127.0.0.1:${port}
pm = static
pm.max_children = 2
`;
}
