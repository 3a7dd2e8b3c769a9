import { type Clock, systemClock } from "coatcheck";
import pg from "pg";
import type { AccountChangeListener } from "../../accounts/account-changes.ts";
import type { AccountStore } from "../../accounts/account-store.ts";
import { NearCacheAccountStore } from "../../accounts/near-cache-account-store.ts";
import { GatewayError } from "../../errors.ts";
import { AccountPool } from "../postgres/account-pool.ts";
import { listenForAccountChanges } from "../postgres/listen-for-account-changes.ts";
import { migratePostgresAccounts } from "../postgres/migrate.ts";
import { PostgresAccessStore } from "../postgres/postgres-access-store.ts";
import { PostgresAccountStore } from "../postgres/postgres-account-store.ts";
import { PostgresAuditLog } from "../postgres/postgres-audit-log.ts";
import { PostgresKnownDevices } from "../postgres/postgres-known-devices.ts";
import { PostgresLoginThrottle } from "../postgres/postgres-login-throttle.ts";
import type { OpenAccounts } from "./open-accounts.ts";
import { removeExpired } from "./remove-expired.ts";

export interface AccountNearCacheOptions {
  /** The URL of Postgres itself, in case the other URL leads to a pooler. */
  readonly listenerUrl: string;
  readonly maxStalenessMilliseconds: number;
  readonly settle: boolean;
  /** Called after each failure to listen. Until listening succeeds again, each request asks the database. */
  readonly onFault: (error: unknown) => void;
  readonly onHeard: () => void;
}

export interface OpenPostgresAccountsOptions {
  /** The URL of an existing database. PgBouncer may stand before it, in transaction mode. */
  readonly url: string;
  readonly clock?: Clock;
  /** Null, the default, asks the database on each request. */
  readonly nearCache?: AccountNearCacheOptions | null;
}

// Several nodes that start at once migrate one after the other.
const OPEN_TIMEOUT_MILLISECONDS = 10_000;

/** A transaction for each batch, so that no count stays locked for long. */
const BATCH = 1_000;

/**
 * Opens the accounts in a Postgres database and migrates them to this version. It accepts no demo: a demo's users have
 * published passwords, and a server can be reached from other machines.
 *
 * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`
 */
export async function openPostgresAccounts(options: OpenPostgresAccountsOptions): Promise<OpenAccounts> {
  const { url, clock = systemClock, nearCache = null } = options;
  const pool = new AccountPool(url);
  try {
    await pool.transact(OPEN_TIMEOUT_MILLISECONDS, migratePostgresAccounts);
  } catch (error) {
    await pool.close();
    throw openingFault(url, error);
  }
  const throttle = new PostgresLoginThrottle(pool, clock);
  const devices = new PostgresKnownDevices(pool, clock);
  const access = new PostgresAccessStore(pool, clock);
  const stored = new PostgresAccountStore(pool, clock);
  const cached = nearCache === null ? null : nearCacheOf(stored, pool, nearCache);
  return {
    accounts: cached ?? stored,
    throttle,
    devices,
    access,
    audit: new PostgresAuditLog(pool),
    removeExpired: () => removeExpired({ throttle, devices, access }, BATCH),
    checkWritable: () => pool.checkWritable(),
    async close() {
      cached?.close();
      await pool.close();
    },
  };
}

function nearCacheOf(store: AccountStore, pool: AccountPool, options: AccountNearCacheOptions): NearCacheAccountStore {
  const { listenerUrl: url, onFault, onHeard, ...bounds } = options;
  const listen = (listener: AccountChangeListener) => {
    return listenForAccountChanges(listener, { url, pool, onFault, onHeard });
  };
  return new NearCacheAccountStore({ store, listen, ...bounds });
}

/** The fault as an operator sees it. It names only where the URL leads, because the URL holds a password. */
function openingFault(url: string, error: unknown): unknown {
  if (error instanceof GatewayError) return error;
  // The driver knows the parts that a URL leaves to the environment.
  const { host, port } = new pg.Client({ connectionString: url });
  const reason = error instanceof Error && error.message !== "" ? error.message : "it cannot be reached";
  return new GatewayError("database_cannot_be_opened", `Postgres at ${host}:${port} cannot be opened: ${reason}.`, {
    cause: error,
  });
}
