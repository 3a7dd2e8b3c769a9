import type { PostgresClient } from "./postgres-client.ts";

/**
 * The least time between two replacements: a server that is read-only on purpose stays in use, and its connections are
 * not replaced again and again.
 */
const LEAVE_EVERY_MILLISECONDS = 1_000;
/** The error codes of a write that the server refuses because it is read-only or a standby. */
const READ_ONLY = "25006";

/**
 * PrimaryWatch recognises connections that lead to the wrong server. After a failover behind one name, a connection may
 * still lead to the old server, and a new one to a standby: both answer reads, perhaps with outdated data.
 */
export class PostgresPrimaryWatch {
  readonly #madeIn = new WeakMap<PostgresClient, number>();
  readonly #direct = new WeakSet<PostgresClient>();
  readonly #onWrongServer = new Set<() => void>();
  #generation = 0;
  #lastLeftAt = Number.NEGATIVE_INFINITY;

  /** Whether the connection was made before its server turned out to be the wrong one. */
  isOutdated(client: PostgresClient): boolean {
    return (this.#madeIn.get(client) ?? this.#generation) < this.#generation;
  }

  /**
   * Asks on a connection that is new here whether its server is a standby. A server that has connections does not
   * become one. The same round trip asks which process of the server answers.
   */
  async requirePrimary(client: PostgresClient): Promise<void> {
    if (this.#madeIn.has(client)) return;
    const text = "SELECT pg_is_in_recovery(), pg_backend_pid()";
    const [isStandby, processId] = (await client.query({ text, values: [], rowMode: "array" })).rows[0] ?? [];
    if (isStandby === true) throw new Error("The server is a standby: another one is the primary.");
    if (typeof processId === "number" && processId === client.processID) this.#direct.add(client);
    this.#madeIn.set(client, this.#generation);
  }

  /** Whether the connection leads to Postgres itself. A pooler in between gives the connection a number of its own. */
  isDirect(client: PostgresClient): boolean {
    return this.#direct.has(client);
  }

  /** Call this with the error of each failed call. */
  noteFault(error: unknown): void {
    // Recognised by its code, because an error may be of another realm, as under Jest.
    if (typeof error === "object" && error !== null && "code" in error && error.code === READ_ONLY) this.leave();
  }

  /** From now on only new connections are used: the name may lead to another server. */
  leave(): void {
    const now = performance.now();
    if (now - this.#lastLeftAt < LEAVE_EVERY_MILLISECONDS) return;
    this.#lastLeftAt = now;
    this.#generation += 1;
    for (const told of [...this.#onWrongServer]) told();
  }

  /** Calls `told` when a server is left. Returns a function that unsubscribes it. */
  onWrongServer(told: () => void): () => void {
    this.#onWrongServer.add(told);
    return () => void this.#onWrongServer.delete(told);
  }
}
