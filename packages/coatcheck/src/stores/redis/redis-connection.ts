import type { Subscription } from "../../core/removal-channel.ts";

export type CommandWord = string | Buffer;

/** One server, for what concerns servers rather than keys. */
export interface RedisNode {
  /** Texts in a reply are Buffers. */
  send(command: readonly CommandWord[]): Promise<unknown>;
}

/** What a connection of its own is opened for. */
export interface Listening {
  readonly channel: string;
  readonly write: readonly CommandWord[];
  readonly onMessage: (message: Buffer) => void;
  readonly onLost: () => void;
}

/**
 * RedisConnection is what the store asks of a Redis client, whichever it is and whatever it leads to: one server, one
 * behind Sentinel, or a cluster.
 *
 * A command is sent at once or not at all, and never a second time: a client that is not connected rejects it, and so
 * does one whose connection breaks before the reply.
 */
export interface RedisConnection {
  /** Sends a command about one key to the primary that has it. Texts in a reply are Buffers. */
  send(key: string, command: readonly CommandWord[]): Promise<unknown>;

  /** The servers that hold keys. In a cluster they change; the list is as of now. */
  primaries(): Promise<readonly RedisNode[]>;

  /**
   * Opens a connection of its own and resolves when it hears the channel. Calls `onLost` once when it no longer does,
   * and never connects again by itself: what listens has to know of every gap. Where there is one server, `write` is
   * sent first: one that refuses it is not listened to.
   */
  listen(listening: Listening): Promise<Subscription>;

  /** Calls `onError` for what the client reports, which ends the process where nothing listens. Returns how to stop that. */
  hearErrors(onError: () => void): () => void;

  /** Calls `onChange` when primaries may have changed places. Returns how to stop that. */
  watchTopology(onChange: () => void): () => void;

  /** Drops a connection that answers nothing, and makes another. */
  reconnect(): void;
}
