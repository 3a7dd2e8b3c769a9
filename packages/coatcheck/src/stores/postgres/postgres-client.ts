/** The part of a `pg` Pool that the store uses. */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>;
  // A wrapper around a pool may leave these out: it then has no errors that could go unheard.
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

export interface PostgresPoolClient extends PostgresClient {
  // With an error, the connection is closed and not used again.
  release(error?: Error): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
}

/** Statements are never named: behind PgBouncer, the next query may go to a connection that does not know the name. */
export interface PostgresQuery {
  readonly text: string;
  readonly values: unknown[];
  readonly rowMode: "array";
}

export interface PostgresResult {
  readonly rows: unknown[][];
  readonly rowCount: number | null;
}

/** The part of a connected `pg` Client that the store uses to listen. */
export interface PostgresListener {
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: "notification", listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  on(event: "error" | "end", listener: () => void): unknown;
}
