import { type Stats, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Awaitable } from "coatcheck/adapter";
import { GatewayError } from "../../errors.ts";
import type { DatabasePurpose } from "./database-purpose.ts";
import { migrateSqliteAccounts } from "./migrate.ts";
import { openSqliteFile, sqliteOpeningFault } from "./sqlite-file.ts";

export interface AccountDatabaseOptions {
  readonly path: string;
  readonly purpose: DatabasePurpose;
  /** How long a call may wait for another process's transaction before it fails. */
  readonly busyTimeoutMilliseconds?: number;
}

const DEFAULT_BUSY_TIMEOUT_MILLISECONDS = 2_000;
// Several processes that start at once migrate one after the other.
const OPEN_TIMEOUT_MILLISECONDS = 10_000;

/**
 * AccountDatabase is the connection to a SQLite file that holds accounts, and possibly other tables, such as the
 * sessions by default.
 *
 * The driver is synchronous, so statements block the event loop: microseconds for each statement by primary key, and
 * one fsync for the commit of a change that must survive a power cut. It never waits for a lock: SQLite's own busy
 * timeout would stop the whole process meanwhile, so it is 0, and a timer retries a locked database until the call's
 * deadline.
 */
export class AccountDatabase {
  readonly #database: Database.Database;
  readonly #busyTimeoutMilliseconds: number;
  readonly #path: string;
  /** The opened file, even if another file gets its name later. */
  readonly #file: Stats;
  readonly #readDataVersion: Database.Statement<[], number>;
  #isFlushing = true;
  #dataVersion = 0;
  #revision = 0;

  /**
   * Opens the database and, where needed, creates and migrates it. The folder must exist.
   *
   * @throws GatewayError `database_cannot_be_opened`, `accounts_schema_unsupported`, `database_is_demo`,
   * `database_is_not_demo`
   */
  static async open(options: AccountDatabaseOptions): Promise<AccountDatabase> {
    const { path, purpose, busyTimeoutMilliseconds = DEFAULT_BUSY_TIMEOUT_MILLISECONDS } = options;
    const database = openSqliteFile(path);
    try {
      await retryWhileBusy(OPEN_TIMEOUT_MILLISECONDS, () => {
        database.transaction(() => migrateSqliteAccounts(database, purpose)).immediate();
        // After the check in `migrateSqliteAccounts`, because this too would change another program's database.
        database.pragma("journal_mode = WAL");
        database.pragma("synchronous = FULL");
        database.pragma("foreign_keys = ON");
      });
    } catch (error) {
      database.close();
      throw sqliteOpeningFault(path, error);
    }
    return new AccountDatabase(database, busyTimeoutMilliseconds, path);
  }

  private constructor(database: Database.Database, busyTimeoutMilliseconds: number, path: string) {
    this.#path = path;
    this.#file = statSync(path);
    this.#database = database;
    this.#busyTimeoutMilliseconds = busyTimeoutMilliseconds;
    this.#readDataVersion = database.prepare<[], number>("PRAGMA data_version").pluck();
  }

  prepare<Parameters extends unknown[], Row>(sql: string): Database.Statement<Parameters, Row> {
    return this.#database.prepare<Parameters, Row>(sql);
  }

  /** @throws GatewayError `accounts_unavailable` */
  read<Result>(operation: () => Result): Promise<Result> {
    return this.#run(operation);
  }

  /** Like `read`, for the reads of every request: without a promise, unless the database is locked or broken. */
  readAtOnce<Result>(operation: () => Result): Awaitable<Result> {
    try {
      return operation();
    } catch {
      return this.#run(operation);
    }
  }

  /**
   * A number that differs after each change to the file. SQLite counts the changes of other connections, and this class
   * counts its own. For use within `read`: rows that are read after it are from this revision or a newer one.
   */
  revision(): number {
    const dataVersion = this.#readDataVersion.get() ?? 0;
    if (dataVersion !== this.#dataVersion) {
      this.#dataVersion = dataVersion;
      this.#revision += 1;
    }
    return this.#revision;
  }

  /**
   * Runs `operation` in one transaction that holds the write lock from its start, so that its reads are still true when
   * it writes. The operation may run again after a failure, so it must only run statements.
   *
   * @throws GatewayError `accounts_unavailable`
   */
  write<Result>(operation: () => Result): Promise<Result> {
    return this.#run(() => this.#transact(operation, true));
  }

  /**
   * Like `write`, for data that a power cut may lose, such as counts of failed logins. It does not wait for the disk,
   * which would block the event loop twice in every login. A crash of this process alone loses nothing.
   *
   * @throws GatewayError `accounts_unavailable`
   */
  writeWithoutFlush<Result>(operation: () => Result): Promise<Result> {
    return this.#run(() => this.#transact(operation, false));
  }

  /**
   * Writes an unchanged value, to notice a full disk or a file that became read-only. A file that was moved, deleted or
   * replaced still accepts writes, but no other process sees them, and they are lost when this process ends.
   *
   * @throws GatewayError `accounts_unavailable`
   */
  async checkWritable(): Promise<void> {
    const file = statSync(this.#path, { throwIfNoEntry: false });
    if (file?.ino !== this.#file.ino || file.dev !== this.#file.dev) {
      throw new GatewayError(
        "accounts_unavailable",
        `${this.#path} is no longer the file that was opened: restart the gateway.`,
      );
    }
    await this.write(() => this.#database.prepare("UPDATE accounts_schema SET version = version").run());
  }

  close(): void {
    this.#database.close();
  }

  #transact<Result>(operation: () => Result, isFlushing: boolean): Result {
    if (isFlushing !== this.#isFlushing) {
      this.#database.pragma(`synchronous = ${isFlushing ? "FULL" : "NORMAL"}`);
      this.#isFlushing = isFlushing;
    }
    try {
      return this.#database.transaction(operation).immediate();
    } finally {
      // Also after a failure, because the transaction may have been committed.
      this.#revision += 1;
    }
  }

  async #run<Result>(operation: () => Result): Promise<Result> {
    try {
      return await retryWhileBusy(this.#busyTimeoutMilliseconds, operation);
    } catch (cause) {
      throw new GatewayError("accounts_unavailable", "The account database did not answer.", { cause });
    }
  }
}

async function retryWhileBusy<Result>(timeoutMilliseconds: number, operation: () => Result): Promise<Result> {
  const deadline = performance.now() + timeoutMilliseconds;
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    // Random, so that processes that collided once do not collide again and again.
    await delay(2 + Math.random() * 18);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
