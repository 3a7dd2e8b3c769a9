import type { PoolClient, QueryConfig } from "pg";

/** The driver reads this option from a query too; its types declare it only for connections. */
interface TimedQuery extends QueryConfig {
  readonly query_timeout: number;
}

/** Runs statements: together in a transaction, or each in one of its own. */
export interface Statements {
  /** The rows that a statement returns. */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** Transaction runs statements on one connection until the time of its call is up. */
export class Transaction implements Statements {
  readonly #client: PoolClient;
  readonly #deadline: number;

  /** `deadline` is a time of the monotonic clock. */
  constructor(client: PoolClient, deadline: number) {
    this.#client = client;
    this.#deadline = deadline;
  }

  /** Never a named statement: behind PgBouncer the next transaction may use another connection. */
  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const remaining = this.#deadline - performance.now();
    if (remaining <= 0) throw new Error("The time for this call is up.");
    const query: TimedQuery = { text: sql, values: [...values], query_timeout: remaining };
    return (await this.#client.query<Row>(query)).rows;
  }

  /** The number of rows that a statement with RETURNING wrote or removed. */
  async count(sql: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.query(sql, values)).length;
  }
}
