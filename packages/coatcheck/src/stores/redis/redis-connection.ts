import type { Subscription } from "../../core/keep-listening.ts";

export type CommandWord = string | Buffer;

/** One server, for commands that concern servers rather than keys. */
export interface RedisNode {
  /** Texts in a reply are Buffers. */
  send(command: readonly CommandWord[]): Promise<unknown>;
}

/** The purpose of a new connection, and the means to end it. */
export interface Listening {
  readonly channel: string;
  readonly write: readonly CommandWord[];
  readonly onMessage: (message: Buffer) => void;
  readonly onLost: () => void;
  /** Aborts an opening that is under way. */
  readonly signal: AbortSignal;
}

/**
 * RedisConnection is the part of a Redis client that the store needs, for one server, one behind Sentinel, or a
 * cluster.
 *
 * A command is sent in the same turn of the event loop or not at all, and never a second time: a client that is not
 * connected rejects it, and so does one whose connection breaks before the reply. A call that failed by its deadline may still
 * be carried out, as over a slow network: the scripts compare versions, so a late one changes nothing that others changed.
 */
export interface RedisConnection {
  /** Sends a command about one key to the primary that has it. Texts in a reply are Buffers. */
  send(key: string, command: readonly CommandWord[]): Promise<unknown>;

  /** The servers that hold keys at present. In a cluster they change. */
  primaries(): Promise<readonly RedisNode[]>;

  /**
   * Opens a connection of its own and resolves when it hears the channel. Calls `onLost` once when it no longer does,
   * and never reconnects by itself, because its caller has to know of every gap. With a single server, `write` is sent
   * first: the store does not listen to a server that refuses it.
   */
  listen(listening: Listening): Promise<Subscription>;

  /**
   * Calls `onError` for errors that the client reports, which would end the process without a listener. Returns a
   * function that unsubscribes it.
   */
  hearErrors(onError: () => void): () => void;

  /** Calls `onChange` when the primaries may have changed. Returns a function that unsubscribes it. */
  watchTopology(onChange: () => void): () => void;

  /** Drops a connection that does not answer, and opens another. */
  reconnect(): void;
}
