import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";
import { programPath } from "./programs.ts";

const CONFIGURATION = "nginx.conf";

const plan: ConfiguredPlan = {
  program: "nginx",
  readyMessage: "start worker process ",
  // Killed, it would leave its workers behind.
  stopSignal: "SIGQUIT",
  complete: (given) => ({ ...given, [CONFIGURATION]: mainConfiguration() }),
  programArguments: (folder) => ["-p", folder, "-c", join(folder, CONFIGURATION), "-e", "stderr"],
};

/** An nginx with njs, which includes what you have in `conf.d`, as Debian's does. */
export class NginxServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<NginxServer> {
    return new NginxServer(await startConfigured(plan, files));
  }
}

/** What is relative is in the server's folder: it writes nowhere else. */
function mainConfiguration(): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
load_module ${programPath("ngx_http_js_module.so")};
daemon off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path temporary;`).join("\n  ")}
  include conf.d/*.conf;
}
`;
}
