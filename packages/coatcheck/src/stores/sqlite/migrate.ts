import { readdirSync, readFileSync } from "node:fs";
import { CoatcheckError } from "../../errors.ts";
import type { SqliteDatabase } from "./database.ts";

// As far from dist/stores/sqlite as from src/stores/sqlite.
const FOLDER = new URL("../../../migrations/sqlite/", import.meta.url);
const FILE_NAME = /^(\d{4})-[a-z-]+\.sql$/;

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
  const migrations = readMigrations();
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new CoatcheckError(
      "store_schema_unsupported",
      `The session tables are of version ${current}; this version of coatcheck knows up to ${newest}.`,
    );
  }
  for (const { version, sql } of migrations.filter((migration) => migration.version > current)) {
    database.exec(sql);
    database.prepare("INSERT INTO coatcheck_schema (version) VALUES (?)").run(version);
  }
  // A write that changes nothing: SQLite opens a file that it may not write, and would tell the first login.
  database.exec("UPDATE coatcheck_schema SET version = version");
}

function readMigrations(): readonly { readonly version: number; readonly sql: string }[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((name) => {
      const version = FILE_NAME.exec(name)?.[1];
      return version === undefined
        ? []
        : [{ version: Number(version), sql: readFileSync(new URL(name, FOLDER), "utf8") }];
    });
}
