import type { BoundedCalls } from "../../core/bounded-calls.ts";
import { isNotPrimaryError } from "./not-primary.ts";
import type { CommandWord, RedisConnection } from "./redis-connection.ts";

/** A name may lead to the old server for a while: until then this often, because a connection that is made anew costs. */
const RECONNECT_EVERY_MILLISECONDS = 1_000;

/**
 * PrimaryWatch leaves a server that is no primary any more. At a failover behind one name the old server keeps its
 * connections and refuses writes, and what it reads may be out of date: the store connects anew, and so does what
 * listens.
 */
export class RedisPrimaryWatch {
  readonly #connection: RedisConnection;
  readonly #write: readonly CommandWord[];
  readonly #onWrongServer = new Set<() => void>();
  #isClosed = false;
  #lastReconnectAt = Number.NEGATIVE_INFINITY;

  /** `probedKey` is one that is never there. */
  constructor(connection: RedisConnection, probedKey: string) {
    this.#connection = connection;
    // It changes nothing, and a server that takes no writes refuses it all the same.
    this.#write = ["HDEL", probedKey, "-"];
  }

  /** For what a call failed with. */
  noteFault(error: unknown): void {
    if (!isNotPrimaryError(error)) return;
    for (const leave of this.#onWrongServer) leave();
    const now = performance.now();
    if (now - this.#lastReconnectAt < RECONNECT_EVERY_MILLISECONDS) return;
    this.#lastReconnectAt = now;
    this.reconnect();
  }

  /** Drops the connection for another, unless the store is closed: the client is its owner's alone from then on. */
  reconnect(): void {
    if (!this.#isClosed) this.#connection.reconnect();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Asks the server for a write that changes nothing, so that a node that only reads notices too. */
  async look(calls: BoundedCalls): Promise<void> {
    const [, key] = this.#write;
    // What it fails with has been noted.
    await calls.run(() => this.#connection.send(String(key), this.#write)).catch(() => {});
  }

  /** The same command, for a connection that is about to listen: to a replica that is cut off, nothing is told. */
  get write(): readonly CommandWord[] {
    return this.#write;
  }

  /** Calls `leave` when the server is found to be the wrong one. Returns how to stop that. */
  onWrongServer(leave: () => void): () => void {
    this.#onWrongServer.add(leave);
    return () => void this.#onWrongServer.delete(leave);
  }
}
