import { existsSync } from "node:fs";
import { withAccounts } from "../../src/cli/shared/open-for-command.ts";
import { loadConfiguration } from "../../src/config/load-configuration.ts";

/** Makes the database file that a gateway makes when it first starts, if these variables name a file that does not exist. */
export async function makeDatabase({ COATCHECK_DATA, COATCHECK_DATABASE }: NodeJS.ProcessEnv): Promise<void> {
  const { configuration } = loadConfiguration({ environment: { COATCHECK_DATA, COATCHECK_DATABASE } });
  const { database } = configuration;
  if (database.kind === "sqlite" && !existsSync(database.path)) await withAccounts(configuration, async () => {});
}
