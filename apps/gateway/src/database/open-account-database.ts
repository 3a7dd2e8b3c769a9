import type { Clock } from "coatcheck";
import type { DatabasePurpose } from "../accounts/sqlite/database-purpose.ts";
import type { DatabaseLocation } from "../config/locations.ts";
import { GatewayError } from "../errors.ts";
import { type OpenAccounts, openAccounts } from "./open-accounts.ts";
import { openPostgresAccounts } from "./open-postgres-accounts.ts";

/**
 * Opens the accounts where the configuration says they are, and brings their tables to this version.
 *
 * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`, `database_is_demo`,
 * `database_is_not_demo`
 */
export async function openAccountDatabase(
  location: DatabaseLocation,
  purpose: DatabasePurpose,
  clock: Clock,
): Promise<OpenAccounts> {
  if (location.kind === "sqlite") return openAccounts({ path: location.path, purpose, clock });
  if (purpose === "demo") {
    throw new GatewayError("database_is_not_demo", "The demo keeps its users, whose passwords are known, in a file.");
  }
  return openPostgresAccounts({ url: location.url.reveal(), clock });
}
