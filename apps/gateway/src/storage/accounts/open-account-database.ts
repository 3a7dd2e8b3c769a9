import type { Clock } from "coatcheck";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { GatewayError } from "../../errors.ts";
import { type OnConnectionFault, OutageReport } from "../connection-fault.ts";
import type { DatabasePurpose } from "../sqlite/database-purpose.ts";
import type { OpenAccounts } from "./open-accounts.ts";
import type { AccountNearCacheOptions } from "./open-postgres-accounts.ts";

/** The settings that concern accounts. */
export type AccountsConfiguration = Pick<
  GatewayConfiguration,
  "database" | "databaseListener" | "nearCacheMaxStalenessMilliseconds" | "nearCacheSettle"
>;

/**
 * Opens the configured account database, and migrates its tables to this version.
 *
 * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`, `database_is_demo`,
 * `database_is_not_demo`
 */
export async function openAccountDatabase(
  configuration: AccountsConfiguration,
  purpose: DatabasePurpose,
  clock: Clock,
  onFault: OnConnectionFault = () => {},
): Promise<OpenAccounts> {
  const { database } = configuration;
  // Only the driver in use is loaded: loading the other one would slow down short commands for nothing.
  if (database.kind === "sqlite") {
    const { openAccounts } = await import("./open-accounts.ts");
    return openAccounts({ path: database.path, purpose, clock });
  }
  if (purpose === "demo") {
    throw new GatewayError("database_is_not_demo", "The demo keeps its users, whose passwords are known, in a file.");
  }
  const nearCache = nearCacheOf(configuration, database.url.reveal(), onFault);
  const { openPostgresAccounts } = await import("./open-postgres-accounts.ts");
  return openPostgresAccounts({ url: database.url.reveal(), clock, nearCache });
}

function nearCacheOf(
  { databaseListener, nearCacheMaxStalenessMilliseconds, nearCacheSettle: settle }: AccountsConfiguration,
  url: string,
  onFault: OnConnectionFault,
): AccountNearCacheOptions | null {
  if (nearCacheMaxStalenessMilliseconds === null) return null;
  const outage = new OutageReport(onFault);
  return {
    listenerUrl: databaseListener?.url.reveal() ?? url,
    maxStalenessMilliseconds: nearCacheMaxStalenessMilliseconds,
    settle,
    onFault: (error) => outage.failed(error),
    onHeard: () => outage.recovered(),
  };
}
