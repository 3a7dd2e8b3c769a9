import { dirname, join } from "node:path";
import { type ConfigurationFiles, writeConfiguration } from "./configuration-files.ts";
import { pathOf } from "./programs.ts";
import { ThrowawayServer } from "./throwaway-server.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const LAYOUT = "runroot.yaml";

/** An Apache Traffic Server with a cache of its own, and with the `remap.config` and the plugins that you tell it. */
export class TrafficServer {
  readonly #server: ThrowawayServer;

  static async start(files: ConfigurationFiles): Promise<TrafficServer> {
    return new TrafficServer(
      await ThrowawayServer.start({
        program: "traffic_server",
        user: unprivilegedUser(),
        readyMessage: "traffic server running",
        stopSignal: "SIGKILL",
        prepare: (folder, port) =>
          writeConfiguration(folder, port, (address) => ({ ...ownFiles(folder, port), ...files(address) })),
        programArguments: (folder) => [`--run-root=${join(folder, LAYOUT)}`],
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

function ownFiles(folder: string, port: number): Readonly<Record<string, string>> {
  const levels = ["note", "warning", "error", "fatal"];
  const settings = [
    `http.server_ports STRING ${port}:ip-in=127.0.0.1`,
    // It stays whom it was started as, and logs to standard error.
    "admin.user_id STRING #-1",
    "crash_log_helper STRING NULL",
    ...levels.map((level) => `diags.output.${level} STRING E`),
  ];
  return {
    [LAYOUT]: layout(folder),
    "records.config": settings.map((setting) => `CONFIG proxy.config.${setting}\n`).join(""),
    "storage.config": `${folder} 16M\n`,
    "ip_allow.yaml": "ip_allow:\n  - { apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ALL }\n",
  };
}

/** The program's own folders are where it was installed; what it reads and writes is in the server's. */
function layout(folder: string): string {
  const installed = dirname(pathOf("traffic_server"));
  const folders = {
    prefix: dirname(installed),
    bindir: installed,
    libexecdir: dirname(pathOf("uri_signing.so")),
    ...Object.fromEntries(
      ["sysconfdir", "runtimedir", "localstatedir", "logdir", "cachedir"].map((name) => [name, folder]),
    ),
  };
  return Object.entries(folders)
    .map(([name, path]) => `${name}: ${path}\n`)
    .join("");
}
