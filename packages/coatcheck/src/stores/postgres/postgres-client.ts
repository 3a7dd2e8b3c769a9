import { forgottenWord, kindOf } from "../../core/written-value.ts";
import { CoatcheckError } from "../../errors.ts";

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
  // The number of the server's process, as the server told the connection. A wrapper may leave it out.
  readonly processID?: number | null;
  query(query: PostgresQuery): Promise<PostgresResult>;
}

/** A statement with a name stays prepared on its connection. Behind PgBouncer, another connection may get the name. */
export interface PostgresQuery {
  readonly name?: string;
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

/** @throws CoatcheckError `invalid_configuration` */
export function requirePool(pool: unknown): void {
  const given = Object(pool) as { readonly connect?: unknown; readonly escapeLiteral?: unknown };
  // A Client has connect(), too, but it returns no client; and a Pool has no escapeLiteral().
  if (typeof given.connect === "function" && typeof given.escapeLiteral !== "function") return;
  // Not the text itself, which may contain a password.
  const write = "pool: new Pool({ connectionString })";
  const message = `pool is a Pool of pg, not ${kindOf(pool)}: write ${write}.${forgottenWord(pool)}`;
  throw new CoatcheckError("invalid_configuration", message);
}

/** @throws CoatcheckError `invalid_configuration` */
export function requireConnectListener(connect: unknown): void {
  if (typeof connect === "function" && forgottenWord(connect) === "") return;
  const body = "const client = new Client(url); await client.connect(); return client;";
  const message = `connectListener is a function, not ${kindOf(connect)}: async () => { ${body} }.`;
  throw new CoatcheckError("invalid_configuration", message);
}
