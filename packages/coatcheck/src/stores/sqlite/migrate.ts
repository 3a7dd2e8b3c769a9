import { CoatcheckError } from "../../errors.ts";
import type { SqliteDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

/**
 * Brings the tables to this version, inside a transaction of the caller's that holds the write lock: of several
 * processes that start at once, the first does the work. The version is kept in a table of ours, not in `user_version`:
 * the file may be the application's, too.
 *
 * @throws CoatcheckError `store_schema_unsupported`
 */
export function migrate(database: SqliteDatabase): void {
  database.exec("CREATE TABLE IF NOT EXISTS coatcheck_schema (version INTEGER NOT NULL) STRICT");
  const current = (database.prepare("SELECT max(version) FROM coatcheck_schema").pluck().get() as number | null) ?? 0;
  const newest = MIGRATIONS.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new CoatcheckError(
      "store_schema_unsupported",
      `The session tables are of version ${current}; this version of coatcheck knows up to ${newest}.`,
    );
  }
  for (const { version, sql } of MIGRATIONS.filter((migration) => migration.version > current)) {
    database.exec(sql);
    database.prepare("INSERT INTO coatcheck_schema (version) VALUES (?)").run(version);
  }
  // A write that changes nothing: SQLite opens a file that it may not write, and would tell the first login.
  database.exec("UPDATE coatcheck_schema SET version = version");
}
