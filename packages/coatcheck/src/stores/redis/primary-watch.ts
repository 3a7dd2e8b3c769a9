import type { BoundedCalls } from "../../core/bounded-calls.ts";
import { isNotPrimaryError } from "./not-primary.ts";
import type { CommandWord, RedisConnection } from "./redis-connection.ts";

/**
 * The least time between two reconnections while the name may still lead to the old server: a new connection costs
 * something.
 */
const RECONNECT_EVERY_MILLISECONDS = 1_000;

/**
 * PrimaryWatch leaves a server that is no longer a primary. After a failover behind one name, the old server keeps its
 * connections and refuses writes, and its data may be outdated: the store then reconnects, and so does its listener.
 */
export class RedisPrimaryWatch {
  readonly #connection: RedisConnection;
  readonly #write: readonly CommandWord[];
  readonly #onWrongServer = new Set<() => void>();
  #isClosed = false;
  #lastReconnectAt = Number.NEGATIVE_INFINITY;

  /** `probedKey` is a key that never exists. */
  constructor(connection: RedisConnection, probedKey: string) {
    this.#connection = connection;
    // This write changes nothing, but a server that accepts no writes still refuses it.
    this.#write = ["HDEL", probedKey, "-"];
  }

  /** Call this with the error of each failed call. */
  noteFault(error: unknown): void {
    if (!isNotPrimaryError(error)) return;
    for (const leave of this.#onWrongServer) leave();
    const now = performance.now();
    if (now - this.#lastReconnectAt < RECONNECT_EVERY_MILLISECONDS) return;
    this.#lastReconnectAt = now;
    this.reconnect();
  }

  /** Replaces the connection, unless the store is closed: the client then belongs to its owner alone. */
  reconnect(): void {
    if (!this.#isClosed) this.#connection.reconnect();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Sends a write that changes nothing, so that a node that only reads also notices a failover. */
  async look(calls: BoundedCalls): Promise<void> {
    const [, key] = this.#write;
    // The error was already noted.
    await calls.run(() => this.#connection.send(String(key), this.#write)).catch(() => {});
  }

  /** The same command for a connection that is about to listen: a replica that is cut off hears of no removals. */
  get write(): readonly CommandWord[] {
    return this.#write;
  }

  /** Calls `leave` if the server turns out to be the wrong one. Returns a function that unsubscribes it. */
  onWrongServer(leave: () => void): () => void {
    this.#onWrongServer.add(leave);
    return () => void this.#onWrongServer.delete(leave);
  }
}
