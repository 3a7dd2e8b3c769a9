import { BoundedCalls, type CallLimits } from "../../core/bounded-calls.ts";
import { requireSwitch } from "../../core/known-options.ts";
import { CoatcheckError } from "../../errors.ts";
import type { PostgresClient, PostgresPool, PostgresPoolClient, PostgresResult } from "./postgres-client.ts";
import { lostStatement, nameOfStatement } from "./prepared-statements.ts";
import { PostgresPrimaryWatch } from "./primary-watch.ts";
import type { SchemaNames } from "./schema-names.ts";

export interface ConnectionOptions extends CallLimits {
  /** By default, statements are prepared on connections that lead to Postgres itself. */
  readonly preparedStatements?: boolean;
}

/** Runs one statement. */
export type RunStatement = (text: string, values: unknown[]) => Promise<PostgresResult>;

/**
 * Connections runs statements and transactions within their deadline. A connection whose call failed or became overdue
 * is closed, never reused, because it may still be working on that call. Nothing is sent a second time.
 */
export class Connections {
  /** Recognises connections that lead to the wrong server. */
  readonly watch: PostgresPrimaryWatch = new PostgresPrimaryWatch();
  readonly #pool: PostgresPool;
  readonly #calls: BoundedCalls;
  readonly #begin: string;
  readonly #names: SchemaNames;
  readonly #preparesStatements: boolean | null;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(pool: PostgresPool, names: SchemaNames, limits: ConnectionOptions) {
    this.#pool = pool;
    this.#names = names;
    if (limits.preparedStatements !== undefined) requireSwitch("preparedStatements", limits.preparedStatements);
    this.#preparesStatements = limits.preparedStatements ?? null;
    this.#calls = new BoundedCalls("Postgres", limits, { onFault: (error) => this.watch.noteFault(error) });
    const { deadlineMilliseconds } = this.#calls;
    this.#begin = `BEGIN ISOLATION LEVEL READ COMMITTED;
      SET LOCAL idle_in_transaction_session_timeout = ${deadlineMilliseconds};
      SET LOCAL lock_timeout = ${deadlineMilliseconds}`;
    // An idle connection broke, and the pool has already dropped it. Without a listener, this error would end the
    // process.
    pool.on?.("error", ignore);
  }

  /** Leaves the pool to the caller, errors included. Call it once. */
  release(): void {
    this.#pool.off?.("error", ignore);
  }

  statement(text: string, values: unknown[]): Promise<PostgresResult> {
    return this.#calls.run(() => this.#lend((run) => run(text, values)));
  }

  /** Runs one of the statements of every request: Postgres parses and plans it once per connection, if that is safe. */
  prepared(text: string, values: unknown[]): Promise<PostgresResult> {
    return this.#calls.run(() => this.#lend((run) => run(text, values), true));
  }

  /**
   * READ COMMITTED, the default of Postgres: each statement sees everything that was committed before it began. If this
   * process stops responding, the server ends the transaction, because others wait for its locks. The server also stops
   * waiting for a lock once no caller waits for the answer. Sent together with BEGIN, the settings cost no round trip,
   * and they hold for this transaction alone, whichever caller gets the connection next.
   */
  transaction<Result>(work: (run: RunStatement) => Promise<Result>): Promise<Result> {
    return this.#calls.run(() =>
      this.#lend(async (run) => {
        await run(this.#begin, []);
        const result = await work(run);
        await run("COMMIT", []);
        return result;
      }),
    );
  }

  async #lend<Result>(work: (run: RunStatement) => Promise<Result>, isRepeated = false): Promise<Result> {
    const loan = new Loan(this.#calls.deadlineMilliseconds);
    try {
      const client = await this.#connectTo(loan);
      const isPrepared = isRepeated && (this.#preparesStatements ?? this.watch.isDirect(client));
      const result = await work((text, values) => runOn(client, this.#names.in(text), values, isPrepared));
      loan.end();
      return result;
    } catch (error) {
      loan.end(error instanceof Error ? error : new Error(String(error)));
      throw isPermissionDenied(error) ? permissionDenied(error) : (lostStatement(error) ?? error);
    }
  }

  async #connectTo(loan: Loan): Promise<PostgresClient> {
    for (;;) {
      const client = await this.#pool.connect();
      loan.begin(client);
      if (!this.watch.isOutdated(client)) {
        await this.watch.requirePrimary(client);
        return client;
      }
      loan.discard(new Error("The connection leads to a server that takes no writes."));
    }
  }
}

/** Recognised by its code, because an error may be of another realm, as under Jest. */
function isPermissionDenied(error: unknown): error is { readonly message?: unknown } {
  return typeof error === "object" && error !== null && "code" in error && error.code === "42501";
}

/** An error of configuration: the role lacks a right, and no later try will have it. */
function permissionDenied(cause: { readonly message?: unknown }): CoatcheckError {
  return new CoatcheckError("store_permission_denied", `Postgres refuses the store's role: ${cause.message}.`, {
    cause,
  });
}

function runOn(client: PostgresClient, text: string, values: unknown[], isPrepared: boolean): Promise<PostgresResult> {
  if (isPrepared) return client.query({ name: nameOfStatement(text), text, values, rowMode: "array" });
  return client.query({ text, values, rowMode: "array" });
}

/** A lent connection: it is given back once, with an error if it is overdue. */
class Loan {
  readonly #timer: NodeJS.Timeout;
  #client: PostgresPoolClient | null = null;
  #isOverdue = false;

  constructor(deadlineMilliseconds: number) {
    this.#timer = setTimeout(() => {
      this.#isOverdue = true;
      this.end(new Error("The connection did not answer in time."));
    }, deadlineMilliseconds);
  }

  begin(client: PostgresPoolClient): void {
    // A broken connection also fails its query, which reports the fault. Without a listener, this error would end the
    // process.
    client.on("error", ignore);
    this.#client = client;
    // The pool had no connection for so long that no caller waits for this one any more.
    if (!this.#isOverdue) return;
    this.end();
    throw new Error("No connection was free in time.");
  }

  end(error?: Error): void {
    clearTimeout(this.#timer);
    this.discard(error);
  }

  /** Gives the connection back before the loan ends, so that another can take its place. */
  discard(error?: Error): void {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    // A connection that is being closed may break once more.
    if (error === undefined) client.off("error", ignore);
    client.release(error);
  }
}

function ignore(): void {}
