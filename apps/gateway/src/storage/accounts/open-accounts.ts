import { type Clock, systemClock } from "coatcheck";
import type { AccountStore } from "../../accounts/account-store.ts";
import type { KnownDevices } from "../../accounts/throttling/known-devices.ts";
import type { LoginThrottle } from "../../accounts/throttling/login-throttle.ts";
import type { AuditLog } from "../../audit/audit-log.ts";
import type { AccessStore } from "../../passes/access-store.ts";
import { AccountDatabase } from "../sqlite/account-database.ts";
import type { DatabasePurpose } from "../sqlite/database-purpose.ts";
import { SqliteAccessStore } from "../sqlite/sqlite-access-store.ts";
import { SqliteAccountStore } from "../sqlite/sqlite-account-store.ts";
import { SqliteAuditLog } from "../sqlite/sqlite-audit-log.ts";
import { SqliteKnownDevices } from "../sqlite/sqlite-known-devices.ts";
import { SqliteLoginThrottle } from "../sqlite/sqlite-login-throttle.ts";
import { removeExpired } from "./remove-expired.ts";

export interface OpenAccountsOptions {
  /** The SQLite file. Its folder must exist; the file is created if it does not. */
  readonly path: string;
  readonly purpose: DatabasePurpose;
  readonly clock?: Clock;
}

/** All parts of one account database. */
export interface OpenAccounts {
  readonly accounts: AccountStore;
  readonly throttle: LoginThrottle;
  readonly devices: KnownDevices;
  readonly access: AccessStore;
  readonly audit: AuditLog;
  /** Removes expired and forgiven rows, a batch at a time. Call it every minute or so. */
  removeExpired(): Promise<void>;
  /** Rejects unless the database accepts writes. */
  checkWritable(): Promise<void>;
  /** On a server's connections, waits until the calls under way have ended. */
  close(): void | Promise<void>;
}

/** Small, because a batch blocks the event loop. */
const BATCH = 200;

/**
 * Opens an account database and migrates it to this version. For a demo, call this before anything else opens the file:
 * a new file is marked as a demo's only while it is empty.
 *
 * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`, `database_is_demo`,
 * `database_is_not_demo`
 */
export async function openAccounts(options: OpenAccountsOptions): Promise<OpenAccounts> {
  const { clock = systemClock } = options;
  const database = await AccountDatabase.open(options);
  const throttle = new SqliteLoginThrottle(database, clock);
  const devices = new SqliteKnownDevices(database, clock);
  const access = new SqliteAccessStore(database, clock);
  return {
    accounts: new SqliteAccountStore(database, clock),
    throttle,
    devices,
    access,
    audit: new SqliteAuditLog(database),
    removeExpired: () => removeExpired({ throttle, devices, access }, BATCH),
    checkWritable: () => database.checkWritable(),
    close: () => database.close(),
  };
}
