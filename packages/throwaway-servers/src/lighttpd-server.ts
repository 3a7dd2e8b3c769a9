import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";

const CONFIGURATION = "server.conf";

const plan: ConfiguredPlan = {
  program: "lighttpd",
  readyMessage: "server started",
  stopSignal: "SIGKILL",
  complete: (given, folder, port) => ({ ...given, [CONFIGURATION]: mainConfiguration(folder, port) }),
  programArguments: (folder) => ["-D", "-f", join(folder, CONFIGURATION)],
};

/** A lighttpd that includes a `lighttpd.conf` of yours. Its documents are in `documents`. */
export class LighttpdServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<LighttpdServer> {
    return new LighttpdServer(await startConfigured(plan, files));
  }
}

function mainConfiguration(folder: string, port: number): string {
  return `
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${join(folder, "documents")}"
server.upload-dirs = ( "${folder}" )
include "lighttpd.conf"
`;
}
