import type { PoolClient } from "pg";

/** A server that is meant to be read-only stays where it is: its connections are not made anew all the time. */
const LEAVE_EVERY_MILLISECONDS = 1_000;
/** Of a write that is refused by a server which is read-only, and of a transaction that a standby shall write in. */
const CODES: ReadonlySet<unknown> = new Set(["25006", "0A000"]);

/**
 * PrimaryWatch tells connections that lead to the wrong server: at a failover behind one name, a connection goes on
 * leading to the old server, or a new one to a standby. Both answer what reads, perhaps out of date.
 */
export class AccountsPrimaryWatch {
  readonly #madeIn = new WeakMap<PoolClient, number>();
  #generation = 0;
  #lastLeftAt = Number.NEGATIVE_INFINITY;

  /** Whether the connection was made before its server turned out to be the wrong one. */
  isOutdated(client: PoolClient): boolean {
    return (this.#madeIn.get(client) ?? this.#generation) < this.#generation;
  }

  /** Asks a connection that is new whether its server is a standby, which none becomes while it has connections. */
  async requirePrimary(client: PoolClient): Promise<void> {
    if (this.#madeIn.has(client)) return;
    const { rows } = await client.query<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
    if (rows[0]?.standby === true) throw new Error("The server is a standby: another one is the primary.");
    this.#madeIn.set(client, this.#generation);
  }

  /** For what a call failed with: then only connections that are made anew are used. */
  noteFault(error: unknown): void {
    if (!(error instanceof Error && "code" in error && CODES.has(error.code))) return;
    const now = performance.now();
    if (now - this.#lastLeftAt < LEAVE_EVERY_MILLISECONDS) return;
    this.#lastLeftAt = now;
    this.#generation += 1;
  }
}
