import { join } from "node:path";
import type { ConfigurationFiles } from "./configuration-files.ts";
import { type ConfiguredPlan, ConfiguredServer, startConfigured } from "./configured-server.ts";

const CONFIGURATION = "gunicorn.conf.py";

const plan: ConfiguredPlan = {
  program: "gunicorn",
  readyMessage: "Booting worker with pid",
  stopSignal: "SIGQUIT",
  needsFreePort: true,
  environment: () => ({ PYTHONDONTWRITEBYTECODE: "1" }),
  programArguments: (folder) => ["--config", join(folder, CONFIGURATION)],
};

/** A gunicorn that runs a `gunicorn.conf.py` of yours, which says where it listens and which application it has. */
export class GunicornServer extends ConfiguredServer {
  static async start(files: ConfigurationFiles): Promise<GunicornServer> {
    return new GunicornServer(await startConfigured(plan, files));
  }
}
