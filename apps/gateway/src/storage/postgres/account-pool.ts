import pg from "pg";
import { GatewayError } from "../../errors.ts";
import { AccountsPrimaryWatch } from "./primary-watch.ts";
import { type Statements, Transaction } from "./transaction.ts";

const MAXIMUM_CONNECTIONS = 10;
/**
 * The number of calls that may wait for a connection. Further calls fail at once, so that requests do not pile up
 * behind a server that hangs.
 */
const MAXIMUM_WAITING = 1_000;
const DEADLINE_MILLISECONDS = 2_000;

/**
 * AccountPool holds the connections to the Postgres database of the accounts. Every call has one deadline, for the wait
 * for a connection and the statements together.
 *
 * PgBouncer may stand in between, in transaction mode: no setting, prepared statement or lock outlives its transaction.
 */
export class AccountPool implements Statements {
  readonly #pool: pg.Pool;
  readonly #watch = new AccountsPrimaryWatch();

  /** Opens no connection yet. */
  constructor(url: string) {
    const types = new pg.TypeOverrides();
    // All 64-bit integers here are milliseconds or counts, far below 2^53.
    types.setTypeParser(pg.types.builtins.INT8, Number);
    this.#pool = new pg.Pool({
      connectionString: url,
      max: MAXIMUM_CONNECTIONS,
      connectionTimeoutMillis: DEADLINE_MILLISECONDS,
      types,
    });
    // An idle connection broke. The pool has already dropped it, but without a listener the process would end.
    this.#pool.on("error", () => {});
  }

  /**
   * Runs one statement, which is a transaction of its own.
   *
   * @throws GatewayError `accounts_unavailable`
   */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]> {
    return available(this.#connected(DEADLINE_MILLISECONDS, (connection) => connection.query<Row>(sql, values)));
  }

  /**
   * Runs `operation` in one transaction. Each statement sees everything that was committed before it began, so lock
   * rows before relying on what you read.
   *
   * @throws GatewayError `accounts_unavailable`
   */
  write<Result>(operation: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return available(this.transact(DEADLINE_MILLISECONDS, operation));
  }

  /** Like `write`, with the caller's deadline, and with faults as the driver reports them. */
  transact<Result>(
    deadlineMilliseconds: number,
    operation: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    return this.#connected(deadlineMilliseconds, async (transaction) => {
      await transaction.query(begin(deadlineMilliseconds));
      const result = await operation(transaction);
      await transaction.query("COMMIT");
      return result;
    });
  }

  /**
   * Begins a writing transaction, which a standby refuses, and makes Postgres assign it an id.
   *
   * @throws GatewayError `accounts_unavailable`
   */
  async checkWritable(): Promise<void> {
    await this.write((transaction) => transaction.query("SELECT pg_current_xact_id()"));
  }

  /** Waits until the calls under way have ended. */
  close(): Promise<void> {
    return this.#pool.end();
  }

  async #connected<Result>(
    deadlineMilliseconds: number,
    operation: (connection: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const deadline = performance.now() + deadlineMilliseconds;
    if (this.#pool.waitingCount >= MAXIMUM_WAITING) throw new Error("Too many calls wait for a connection already.");
    const client = await this.#client();
    // The statement under way also learns that its connection broke: this listener only keeps the process from ending.
    client.on("error", ignore);
    try {
      await this.#watch.requirePrimary(client);
      const result = await operation(new Transaction(client, deadline));
      client.release();
      return result;
    } catch (error) {
      // Destroy the connection: it may have an open transaction, or an answer still to come.
      client.release(true);
      this.#watch.noteFault(error);
      throw error;
    } finally {
      client.off("error", ignore);
    }
  }

  async #client(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      if (!this.#watch.isOutdated(client)) return client;
      client.release(true);
    }
  }
}

/**
 * Makes the server end a transaction that its client has given up, or whose client hangs while it holds locks that
 * others wait for. `LOCAL`, so that PgBouncer hands the connection on unchanged.
 */
function begin(milliseconds: number): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL statement_timeout = ${milliseconds}; SET LOCAL idle_in_transaction_session_timeout = ${milliseconds}`;
}

async function available<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (cause) {
    throw new GatewayError("accounts_unavailable", "The account database did not answer.", { cause });
  }
}

function ignore(): void {}
