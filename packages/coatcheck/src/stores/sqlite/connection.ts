import { setTimeout as delay } from "node:timers/promises";
import type { Awaitable } from "../../core/awaitable.ts";
import { CoatcheckError } from "../../errors.ts";
import type { SqliteDatabase, SqliteStatement } from "./database.ts";

/** `durable` survives a power cut. A `relaxed` write may be lost in one, but never in a crash of the process. */
export type Durability = "durable" | "relaxed";

/**
 * SqliteConnection runs statements in such a way that a locked file cannot block the event loop. The driver is
 * synchronous, and SQLite's own busy timeout would stop the whole process while it waits. The timeout is therefore 0,
 * and a timer retries an operation that found the file locked until its deadline.
 */
export class SqliteConnection {
  readonly #database: SqliteDatabase;
  readonly #deadlineMilliseconds: number;
  readonly #begin: SqliteStatement;
  readonly #commit: SqliteStatement;
  readonly #rollback: SqliteStatement;
  #durability: Durability | null = null;
  #isStuck = false;

  constructor(database: SqliteDatabase, deadlineMilliseconds: number) {
    this.#database = database;
    this.#deadlineMilliseconds = deadlineMilliseconds;
    database.pragma("busy_timeout = 0");
    // The write lock comes before the first read, so that everything a transaction has read still holds when it writes.
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
  }

  /** @throws CoatcheckError `store_unavailable` */
  read<Result>(operation: () => Result): Promise<Result> {
    return this.#untilDeadline(operation);
  }

  /** Like `read`, but without a promise if the file is free and the operation succeeds. */
  readAtOnce<Result>(operation: () => Result): Awaitable<Result> {
    if (!this.#isStuck) {
      try {
        return operation();
      } catch {
        // The file is locked or broken: `#untilDeadline` retries until the deadline, or reports the reason.
      }
    }
    return this.#untilDeadline(operation);
  }

  /**
   * Runs `operation` in a transaction. It may run again after a failure, so it must only run statements.
   *
   * @throws CoatcheckError `store_unavailable`; the operation was then not done, unless its commit had begun
   */
  write<Result>(durability: Durability, operation: () => Result): Promise<Result> {
    return this.#untilDeadline(() => {
      this.#setDurability(durability);
      this.#begin.run();
      try {
        const result = operation();
        this.#commit.run();
        return result;
      } catch (error) {
        this.#isStuck = this.#database.inTransaction;
        throw error;
      } finally {
        this.#leaveTransaction();
      }
    });
  }

  /**
   * Rolls back an operation that could not be committed. If that fails too, nothing may be read or written until it
   * succeeds.
   */
  #leaveTransaction(): void {
    if (!this.#isStuck) return;
    try {
      this.#rollback.run();
      this.#isStuck = false;
    } catch {
      // The original error is on its way to the caller. The next call tries the rollback again first.
    }
  }

  #setDurability(durability: Durability): void {
    if (durability === this.#durability) return;
    this.#database.pragma(`synchronous = ${durability === "durable" ? "FULL" : "NORMAL"}`);
    this.#durability = durability;
  }

  async #untilDeadline<Result>(operation: () => Result): Promise<Result> {
    const deadline = performance.now() + this.#deadlineMilliseconds;
    for (;;) {
      try {
        this.#leaveTransaction();
        if (this.#isStuck) throw new Error("A transaction could neither be committed nor undone.");
        return operation();
      } catch (cause) {
        if (cause instanceof CoatcheckError) throw cause;
        if (!isBusy(cause) || performance.now() >= deadline) {
          throw new CoatcheckError("store_unavailable", "The SQLite session store did not answer.", { cause });
        }
      }
      // Random, so that two processes that collided once do not collide again and again.
      await delay(1 + Math.random() * 9);
    }
  }
}

function isBusy(error: unknown): boolean {
  // Not recognised by class: under Jest, an error may be of another realm.
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" && /^SQLITE_(BUSY|LOCKED)/.test(code);
}
