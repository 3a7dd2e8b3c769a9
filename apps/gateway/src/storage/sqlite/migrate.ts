import type { Database } from "better-sqlite3";
import { migrationsAfter } from "../migrations-after.ts";
import { checkPurpose, type DatabasePurpose, hasTable, isEmpty, markAsDemo } from "./database-purpose.ts";
import { SQLITE_ACCOUNT_MIGRATIONS } from "./migrations.ts";

/**
 * Migrates the accounts' tables to this version, inside the caller's transaction that holds the write lock: if several
 * processes start at once, the first does the work and the others find it done. The version is kept in a table of its
 * own, because sessions in the same file have another.
 *
 * @throws GatewayError `accounts_schema_unsupported`, `database_is_demo`, `database_is_not_demo`
 */
export function migrateSqliteAccounts(database: Database, purpose: DatabasePurpose): void {
  const isNew = isEmpty(database);
  checkPurpose(database, purpose);

  for (const { version, sql } of migrationsAfter(schemaVersion(database), SQLITE_ACCOUNT_MIGRATIONS)) {
    database.exec(sql);
    database.prepare("UPDATE accounts_schema SET version = ?").run(version);
  }
  if (isNew && purpose === "demo") markAsDemo(database);
}

function schemaVersion(database: Database): number {
  if (!hasTable(database, "accounts_schema")) {
    database.exec("CREATE TABLE accounts_schema (version INTEGER NOT NULL) STRICT");
    database.exec("INSERT INTO accounts_schema (version) VALUES (0)");
  }
  return database.prepare<[], number>("SELECT version FROM accounts_schema").pluck().get() ?? 0;
}
