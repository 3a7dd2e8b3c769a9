import { forgottenWord, kindOf } from "../../core/written-value.ts";
import { CoatcheckError } from "../../errors.ts";

/** The part of a better-sqlite3 `Database` that the store uses. The application chooses the driver's version. */
export interface SqliteDatabase {
  readonly inTransaction: boolean;
  exec(sql: string): unknown;
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
  prepare(sql: string): SqliteStatement;
}

/** The part of a better-sqlite3 `Statement` that the store uses. */
export interface SqliteStatement {
  run(...parameters: unknown[]): unknown;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
  // Rows as arrays, in the order of the columns: measurably faster to make than objects.
  raw(): SqliteStatement;
  pluck(): SqliteStatement;
}

/** @throws CoatcheckError `invalid_configuration` */
export function requireSqliteDatabase(database: unknown): void {
  const given = Object(database) as { readonly prepare?: unknown; readonly pragma?: unknown };
  if (typeof given.prepare === "function" && typeof given.pragma === "function") return;
  const path = typeof database === "string" ? JSON.stringify(database) : '"sessions.db"';
  const message = `database is a Database of better-sqlite3, not ${kindOf(database)}: write database: new Database(${path}).`;
  throw new CoatcheckError("invalid_configuration", message + forgottenWord(database));
}
