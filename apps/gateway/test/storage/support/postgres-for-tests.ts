import { type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { ManualClock } from "coatcheck/testing";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import {
  type AccountNearCacheOptions,
  openPostgresAccounts,
} from "../../../src/storage/accounts/open-postgres-accounts.ts";
import { AccountPool } from "../../../src/storage/postgres/account-pool.ts";
import { PostgresLoginThrottle } from "../../../src/storage/postgres/postgres-login-throttle.ts";
import type { TestAccounts } from "../../accounts/support/test-accounts.ts";
import type { DatabaseForTests } from "./database-for-tests.ts";

export interface PostgresDatabaseForTests extends DatabaseForTests {
  /** A connection past the gateway's. */
  connect(): Promise<pg.Client>;
}

/** A server for the tests around it, with one database, whose tables are emptied before each of them. */
export function postgresDatabase({ hasNearCache = false } = {}): PostgresDatabaseForTests {
  let server: PostgresForTests;
  let url: string;
  beforeAll(async () => {
    server = await postgresForTests();
    url = await server.createDatabase();
    await (await openPostgresAccounts({ url })).close();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await queryDirectly(
      url,
      `TRUNCATE coatcheck_accounts, coatcheck_login_failures, coatcheck_signing_keys, coatcheck_pass_sessions,
         coatcheck_ended_sessions, coatcheck_audit_events CASCADE`,
    );
    await queryDirectly(url, "UPDATE coatcheck_pass_revocations SET sequence = 0, issued_before = 0");
  });
  return {
    connect: () => connect(url),
    open: (clock) => openOnPostgres(url, clock, hasNearCache ? nearCacheOn(url) : null),
    async openThrottle(maximumRowsPerKind, clock) {
      const pool = new AccountPool(url);
      onTestFinished(() => pool.close());
      return new PostgresLoginThrottle(pool, clock, maximumRowsPerKind);
    },
    async blockWrites() {
      const client = await connect(url);
      await client.query("BEGIN; LOCK TABLE coatcheck_login_failures IN EXCLUSIVE MODE");
    },
    rows: (table) => queryDirectly(url, `SELECT * FROM coatcheck_${table}`),
  };
}

/** With a bound that no test waits for, so that what is seen was heard of. */
export function nearCacheOn(
  listenerUrl: string,
  told: Partial<Pick<AccountNearCacheOptions, "onFault" | "onHeard">> = {},
): AccountNearCacheOptions {
  const maxStalenessMilliseconds = 60_000;
  return { listenerUrl, maxStalenessMilliseconds, settle: false, onFault: () => {}, onHeard: () => {}, ...told };
}

export async function openOnPostgres(
  url: string,
  clock: ManualClock = new ManualClock(),
  nearCache: AccountNearCacheOptions | null = null,
): Promise<TestAccounts> {
  const opened = await openPostgresAccounts({ url, clock, nearCache });
  onTestFinished(() => opened.close());
  return { ...opened, clock };
}

/** One statement past the gateway. */
export async function queryDirectly(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
