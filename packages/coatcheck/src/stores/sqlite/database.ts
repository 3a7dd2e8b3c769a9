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
