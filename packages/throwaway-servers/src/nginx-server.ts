import { join } from "node:path";
import { type ConfigurationFiles, writeConfiguration } from "./configuration-files.ts";
import { pathOf } from "./programs.ts";
import { ThrowawayServer } from "./throwaway-server.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const CONFIGURATION = "nginx.conf";

/** An nginx with njs, which includes what you have in `conf.d`, as Debian's does. */
export class NginxServer {
  readonly #server: ThrowawayServer;

  static async start(files: ConfigurationFiles): Promise<NginxServer> {
    return new NginxServer(
      await ThrowawayServer.start({
        program: "nginx",
        user: unprivilegedUser(),
        readyMessage: "start worker process ",
        // Killed, it would leave its workers behind.
        stopSignal: "SIGQUIT",
        prepare: (folder, port) =>
          writeConfiguration(folder, port, (address) => ({ ...files(address), [CONFIGURATION]: mainConfiguration() })),
        programArguments: (folder) => ["-p", folder, "-c", join(folder, CONFIGURATION), "-e", "stderr"],
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

/** What is relative is in the server's folder: it writes nowhere else. */
function mainConfiguration(): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
load_module ${pathOf("ngx_http_js_module.so")};
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
