import type { Subscription } from "../../core/keep-listening.ts";
import { CoatcheckError } from "../../errors.ts";
import type { CommandWord, Listening, RedisConnection, RedisNode } from "./redis-connection.ts";
import { type OptionRule, requireOptions } from "./required-options.ts";

/** The part of a node-redis client, as `createClient` makes it, that the store uses. */
export interface NodeRedisClient {
  readonly options: {
    readonly disableOfflineQueue?: boolean | undefined;
    readonly keyPrefix?: string | Buffer | undefined;
    readonly readonly?: boolean | undefined;
    readonly socket?: object | undefined;
  };
  readonly isOpen: boolean;
  sendCommand(words: CommandWord[], options: NodeRedisReplies): Promise<unknown>;
  duplicate(overrides: NodeRedisListenerOptions): NodeRedisListener;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

/** The part of a node-redis cluster, as `createCluster` makes it, that the store uses. */
export interface NodeRedisCluster {
  readonly masters: readonly NodeRedisShard[];
  sendCommand(key: string, isReadOnly: boolean, words: CommandWord[], options: NodeRedisReplies): Promise<unknown>;
  nodeClient(shard: never): Promise<NodeRedisClient>;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

interface NodeRedisShard {
  readonly address: string;
}

export interface NodeRedisReplies {
  readonly typeMapping: { readonly 36: BufferConstructor };
  readonly timeout: 0;
}

interface NodeRedisListenerOptions {
  readonly disableOfflineQueue: false;
  readonly socket: object;
}

interface NodeRedisListener {
  connect(): Promise<unknown>;
  sendCommand(words: CommandWord[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: Buffer) => void, asBuffers: true): Promise<unknown>;
  ping(): Promise<unknown>;
  destroy(): void;
  on(event: "error" | "end", listener: () => void): unknown;
}

/**
 * Texts (`$`, byte 36) as Buffers, because a packed session is not UTF-8. Without the client's own deadline, for which
 * it makes a timer with each command: the store has one timer for all its calls.
 */
export const BUFFERS: NodeRedisReplies = { typeMapping: { 36: Buffer }, timeout: 0 };

/** @throws CoatcheckError `invalid_configuration` for a client whose options break a promise of RedisConnection */
export function nodeRedisConnection(client: NodeRedisClient): RedisConnection {
  requireOptions("node-redis client", client.options, rules);
  return {
    send: (_key, command) => client.sendCommand([...command], BUFFERS),
    primaries: async () => [serverOf(client)],
    listen: (listening) => listen(client, listening, true),
    hearErrors: (onError) => hearErrorsOf(client, onError),
    watchTopology: () => () => {},
    reconnect() {
      // The owner closed the client: it would reconnect, and keep alive a process that is shutting down.
      if (!client.isOpen) return;
      client.destroy();
      // The client tries for as long as its own reconnect strategy says; until then commands fail.
      client.connect().catch(() => {});
    },
  };
}

export function nodeRedisClusterConnection(cluster: NodeRedisCluster): RedisConnection {
  const clientOf = (shard: NodeRedisShard) => cluster.nodeClient(shard as never);
  return {
    send: (key, command) => cluster.sendCommand(key, false, [...command], BUFFERS),
    async primaries() {
      const clients = await Promise.all(cluster.masters.map(clientOf));
      // Checked here first, because a cluster does not show the options of its clients.
      for (const { options } of clients) requireOptions("node-redis cluster", options, rules);
      return clients.map(serverOf);
    },
    async listen(listening) {
      // Published messages are passed on to all servers of the cluster, so any of them will do.
      const shard = cluster.masters[Math.floor(Math.random() * cluster.masters.length)];
      if (shard === undefined)
        throw new CoatcheckError("store_unavailable", "No server of the Redis cluster is known.");
      return listen(await clientOf(shard), listening, false);
    },
    hearErrors: (onError) => hearErrorsOf(cluster, onError),
    // A cluster does not report failovers. Sessions that a failover brings back are removed again before they are
    // forgotten.
    watchTopology: () => () => {},
    // A cluster manages its own connections: `socketTimeout` in its options closes those that answer nothing.
    reconnect: () => {},
  };
}

function serverOf(client: NodeRedisClient): RedisNode {
  return { send: (command) => client.sendCommand([...command], BUFFERS) };
}

interface ErrorEmitter {
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

export function hearErrorsOf(client: ErrorEmitter, onError: () => void): () => void {
  client.on("error", onError);
  return () => void client.off("error", onError);
}

async function listen(
  client: NodeRedisClient,
  { channel, write, onMessage, onLost, signal }: Listening,
  mustTakeWrites: boolean,
): Promise<Subscription> {
  const socket = { ...client.options.socket, reconnectStrategy: false };
  const listener = client.duplicate({ disableOfflineQueue: false, socket });
  let isListening = false;
  const lose = () => {
    if (isListening) onLost();
    isListening = false;
  };
  listener.on("error", lose);
  listener.on("end", lose);
  signal.addEventListener("abort", () => close(listener), { once: true });
  try {
    await listener.connect();
    if (mustTakeWrites) await listener.sendCommand([...write]);
    await listener.subscribe(channel, onMessage, true);
  } catch (error) {
    close(listener);
    throw error;
  }
  isListening = true;
  return {
    ping: () => listener.ping(),
    close() {
      isListening = false;
      close(listener);
    },
  };
}

function close(listener: NodeRedisListener): void {
  try {
    listener.destroy();
  } catch {
    // The client is already closed.
  }
}

const rules: readonly OptionRule<NodeRedisClient["options"]>[] = [
  [
    "disableOfflineQueue not",
    ({ disableOfflineQueue }) => disableOfflineQueue === true,
    "it keeps commands for later; make it with disableOfflineQueue: true, a cluster with that in its defaults",
  ],
  [
    "keyPrefix",
    ({ keyPrefix = "" }) => keyPrefix.length === 0,
    "leave it out and give the store its own `prefix`, because the client adds it to some keys alone",
  ],
  ["readonly", (options) => !options.readonly, "leave it out, because what a replica answers is out of date"],
  [
    "socket.reconnectStrategy",
    ({ socket = {} }) => !("reconnectStrategy" in socket && socket.reconnectStrategy === false),
    "leave it out or give a function, because the client would never connect again",
  ],
];
