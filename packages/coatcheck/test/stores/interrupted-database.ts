import type Database from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "coatcheck/stores/sqlite";

/**
 * InterruptedDatabase lets a test do something right after a statement has run: there, between two statements of a
 * transaction, is where another process may come in, or the own one may end.
 */
export class InterruptedDatabase implements SqliteDatabase {
  readonly #database: Database.Database;
  #interruption: { readonly after: string; readonly interrupt: () => void } | null = null;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Calls `interrupt` once, after the next statement whose text contains `after`. */
  interruptAfter(after: string, interrupt: () => void): void {
    this.#interruption = { after, interrupt };
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  exec(sql: string): unknown {
    return this.#database.exec(sql);
  }

  pragma(text: string, options?: { readonly simple?: boolean }): unknown {
    return this.#database.pragma(text, options);
  }

  prepare(sql: string): SqliteStatement {
    const statement: SqliteStatement = this.#database.prepare(sql);
    const interrupted = <Result>(result: Result): Result => {
      this.#interruptIfDue(sql);
      return result;
    };
    const wrapped: SqliteStatement = {
      run: (...parameters) => interrupted(statement.run(...parameters)),
      get: (...parameters) => interrupted(statement.get(...parameters)),
      all: (...parameters) => interrupted(statement.all(...parameters)),
      raw: () => {
        statement.raw();
        return wrapped;
      },
      pluck: () => {
        statement.pluck();
        return wrapped;
      },
    };
    return wrapped;
  }

  #interruptIfDue(sql: string): void {
    const interruption = this.#interruption;
    if (interruption === null || !sql.includes(interruption.after)) return;
    this.#interruption = null;
    interruption.interrupt();
  }
}
