import { type Clock, systemClock } from "coatcheck";
import pg from "pg";
import { PostgresAccessStore } from "../access/postgres/postgres-access-store.ts";
import { AccountPool } from "../accounts/postgres/account-pool.ts";
import { migrate } from "../accounts/postgres/migrate.ts";
import { PostgresAccountStore } from "../accounts/postgres/postgres-account-store.ts";
import { PostgresKnownDevices } from "../accounts/postgres/postgres-known-devices.ts";
import { PostgresLoginThrottle } from "../accounts/postgres/postgres-login-throttle.ts";
import { GatewayError } from "../errors.ts";
import type { OpenAccounts } from "./open-accounts.ts";
import { removeExpired } from "./remove-expired.ts";

export interface OpenPostgresAccountsOptions {
  /** Of a database that is there. PgBouncer may stand before it, in transaction mode. */
  readonly url: string;
  readonly clock?: Clock;
}

// Several nodes that start at once migrate one after the other.
const OPEN_TIMEOUT_MILLISECONDS = 10_000;

/** One transaction each, so that no count stays locked for long. */
const BATCH = 1_000;

/**
 * Opens the accounts in a Postgres database and brings them to this version. A demo has no business here: its users
 * have published passwords, and everybody reaches a server.
 *
 * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`
 */
export async function openPostgresAccounts(options: OpenPostgresAccountsOptions): Promise<OpenAccounts> {
  const { url, clock = systemClock } = options;
  const pool = new AccountPool(url);
  try {
    await pool.transact(OPEN_TIMEOUT_MILLISECONDS, migrate);
  } catch (error) {
    await pool.close();
    throw openingFault(url, error);
  }
  const throttle = new PostgresLoginThrottle(pool, clock);
  const devices = new PostgresKnownDevices(pool, clock);
  const access = new PostgresAccessStore(pool, clock);
  return {
    accounts: new PostgresAccountStore(pool, clock),
    throttle,
    devices,
    access,
    removeExpired: () => removeExpired({ throttle, devices, access }, BATCH),
    close: () => pool.close(),
  };
}

/** What an operator is told. The URL holds a password, so only where it leads to is said. */
function openingFault(url: string, error: unknown): unknown {
  if (error instanceof GatewayError) return error;
  // The driver knows what a URL leaves to the environment.
  const { host, port } = new pg.Client({ connectionString: url });
  const reason = error instanceof Error && error.message !== "" ? error.message : "it cannot be reached";
  return new GatewayError("database_cannot_be_opened", `Postgres at ${host}:${port} cannot be opened: ${reason}.`, {
    cause: error,
  });
}
