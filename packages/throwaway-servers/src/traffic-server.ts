import { dirname, join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";
import { programPath } from "./programs.ts";

const LAYOUT = "runroot.yaml";

const plan: ConfiguredPlan = {
  program: "traffic_server",
  readyMessage: "traffic server running",
  stopSignal: "SIGKILL",
  complete: (given, folder, port) => ({ ...ownFiles(folder, port), ...given }),
  programArguments: (folder) => [`--run-root=${join(folder, LAYOUT)}`],
};

/** An Apache Traffic Server with a cache of its own, and with the `remap.config` and the plugins that you tell it. */
export class TrafficServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<TrafficServer> {
    return new TrafficServer(await startConfigured(plan, files));
  }
}

function ownFiles(folder: string, port: number): Readonly<Record<string, string>> {
  const levels = ["note", "warning", "error", "fatal"];
  const settings = [
    `http.server_ports STRING ${port}:ip-in=127.0.0.1`,
    // It keeps the user that started it, and logs to standard error.
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
  const installed = dirname(programPath("traffic_server"));
  const folders = {
    prefix: dirname(installed),
    bindir: installed,
    libexecdir: dirname(programPath("uri_signing.so")),
    ...Object.fromEntries(
      ["sysconfdir", "runtimedir", "localstatedir", "logdir", "cachedir"].map((name) => [name, folder]),
    ),
  };
  return Object.entries(folders)
    .map(([name, path]) => `${name}: ${path}\n`)
    .join("");
}
