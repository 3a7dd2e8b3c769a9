import type { PoolClient } from "pg";

/**
 * The least time between two replacements of connections: a server that is meant to be read-only stays read-only, and
 * its connections must not be replaced all the time.
 */
const LEAVE_EVERY_MILLISECONDS = 1_000;
/** The codes of a write that a read-only server refuses, and of a writing transaction on a standby. */
const CODES: ReadonlySet<unknown> = new Set(["25006", "0A000"]);

/**
 * PrimaryWatch recognises connections that lead to the wrong server. At a failover behind one name, a connection still
 * leads to the old server, or a new one leads to a standby. Both servers answer reads, perhaps with outdated data.
 */
export class AccountsPrimaryWatch {
  readonly #madeIn = new WeakMap<PoolClient, number>();
  #generation = 0;
  #lastLeftAt = Number.NEGATIVE_INFINITY;

  /** Whether the connection was made before its server turned out to be the wrong one. */
  isOutdated(client: PoolClient): boolean {
    return (this.#madeIn.get(client) ?? this.#generation) < this.#generation;
  }

  /** Asks on a new connection whether its server is a standby. A server that has connections does not become one. */
  async requirePrimary(client: PoolClient): Promise<void> {
    if (this.#madeIn.has(client)) return;
    const { rows } = await client.query<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
    if (rows[0]?.standby === true) throw new Error("The server is a standby: another one is the primary.");
    this.#madeIn.set(client, this.#generation);
  }

  /** Looks at the fault of a call. If it shows the wrong server, all present connections are outdated. */
  noteFault(error: unknown): void {
    if (!(error instanceof Error && "code" in error && CODES.has(error.code))) return;
    const now = performance.now();
    if (now - this.#lastLeftAt < LEAVE_EVERY_MILLISECONDS) return;
    this.#lastLeftAt = now;
    this.#generation += 1;
  }
}
