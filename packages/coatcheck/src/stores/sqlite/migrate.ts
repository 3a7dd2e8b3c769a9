import { CoatcheckError } from "../../errors.ts";
import type { SqliteDatabase } from "./database.ts";
import { SQLITE_SESSION_MIGRATIONS } from "./migrations.ts";
import { complaintAboutSqliteTables, isSqliteTable } from "./schema-check.ts";

const NEWEST = SQLITE_SESSION_MIGRATIONS.at(-1)?.version ?? 0;

/**
 * Migrates the tables to this version, inside the caller's transaction that holds the write lock: if several processes
 * start at once, the first does the work. Tables that another tool has made are accepted as they are.
 *
 * @throws CoatcheckError `store_schema_unsupported`
 */
export function applySqliteMigrations(database: SqliteDatabase): void {
  const { version, isWritten } = presentVersion(database);
  if (version > NEWEST) {
    throw new CoatcheckError(
      "store_schema_unsupported",
      `The session tables are of version ${version}; this version of coatcheck knows up to ${NEWEST}.`,
    );
  }
  for (const migration of SQLITE_SESSION_MIGRATIONS.filter((each) => each.version > version))
    database.exec(migration.sql);
  if (version === NEWEST && !isWritten) {
    database.exec("CREATE TABLE IF NOT EXISTS coatcheck_schema (version INTEGER NOT NULL) STRICT");
    database.prepare("INSERT INTO coatcheck_schema (version) VALUES (?)").run(NEWEST);
  }
  // A write that changes nothing: SQLite opens a file without write permission, and only the first login would fail.
  database.exec("UPDATE coatcheck_schema SET version = version");
}

/** The version of the tables, 0 if there are none. If no version is recorded, the tables themselves are compared. */
function presentVersion(database: SqliteDatabase): { readonly version: number; readonly isWritten: boolean } {
  if (isSqliteTable(database, "coatcheck_schema")) {
    const version = Number(database.prepare("SELECT max(version) FROM coatcheck_schema").pluck().get());
    if (version > 0) return { version, isWritten: true };
  }
  const complaint = complaintAboutSqliteTables(database);
  if (complaint === null) return { version: 0, isWritten: false };
  if (complaint === "") return { version: NEWEST, isWritten: false };
  throw new CoatcheckError(
    "store_schema_unsupported",
    `The session tables are not those of this version of coatcheck: ${complaint}.`,
  );
}
