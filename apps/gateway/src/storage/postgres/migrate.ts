import { migrationsAfter } from "../migrations-after.ts";
import { POSTGRES_ACCOUNT_MIGRATIONS } from "./migrations.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Migrates the accounts' tables to this version, all or nothing. If several nodes start at once, the first does the
 * work and the others find it done. Tables that already are of this version need no right to create tables.
 *
 * @throws GatewayError `accounts_schema_unsupported`
 */
export async function migratePostgresAccounts(transaction: Transaction): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('coatcheck accounts schema', 0))");
  for (const { version, sql } of migrationsAfter(await schemaVersion(transaction), POSTGRES_ACCOUNT_MIGRATIONS)) {
    await transaction.query(sql);
    await transaction.query("UPDATE coatcheck_accounts_schema SET version = $1", [version]);
  }
}

async function schemaVersion(transaction: Transaction): Promise<number> {
  const [table] = await transaction.query("SELECT 1 WHERE to_regclass('coatcheck_accounts_schema') IS NOT NULL");
  if (table === undefined) {
    await transaction.query("CREATE TABLE coatcheck_accounts_schema (version integer NOT NULL)");
    await transaction.query("INSERT INTO coatcheck_accounts_schema (version) VALUES (0)");
  }
  const [row] = await transaction.query<{ version: number }>("SELECT version FROM coatcheck_accounts_schema");
  return row?.version ?? 0;
}
