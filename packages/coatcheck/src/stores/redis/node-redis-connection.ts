import type { Subscription } from "../../core/removal-channel.ts";
import { CoatcheckError } from "../../errors.ts";
import type { CommandWord, RedisConnection, RedisServer } from "./redis-connection.ts";

/** What the store uses of a node-redis client, as `createClient` makes it. */
export interface NodeRedisClient {
  readonly options: { readonly disableOfflineQueue?: boolean | undefined; readonly socket?: object | undefined };
  sendCommand(words: CommandWord[], options: NodeRedisReplies): Promise<unknown>;
  duplicate(overrides: NodeRedisListenerOptions): NodeRedisListener;
  connect(): Promise<unknown>;
  destroy(): void;
}

/** What the store uses of a node-redis cluster, as `createCluster` makes it. */
export interface NodeRedisCluster {
  readonly masters: readonly NodeRedisShard[];
  sendCommand(key: string, isReadOnly: boolean, words: CommandWord[], options: NodeRedisReplies): Promise<unknown>;
  nodeClient(shard: never): Promise<NodeRedisClient>;
}

interface NodeRedisShard {
  readonly address: string;
}

export interface NodeRedisReplies {
  readonly typeMapping: { readonly 36: BufferConstructor };
}

interface NodeRedisListenerOptions {
  readonly disableOfflineQueue: false;
  readonly socket: object;
}

interface NodeRedisListener {
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: Buffer) => void, asBuffers: true): Promise<unknown>;
  ping(): Promise<unknown>;
  destroy(): void;
  on(event: "error" | "end", listener: () => void): unknown;
}

/** Texts (`$`, byte 36) as Buffers: a packed session is no UTF-8. */
export const BUFFERS: NodeRedisReplies = { typeMapping: { 36: Buffer } };

/** @throws CoatcheckError `invalid_configuration` for a client that keeps commands for later */
export function nodeRedisConnection(client: NodeRedisClient): RedisConnection {
  requireImmediateCommands(client);
  return {
    send: (_key, command) => client.sendCommand([...command], BUFFERS),
    primaries: async () => [serverOf(client)],
    listen: (channel, onMessage, onLost) => listen(client, channel, onMessage, onLost),
    watchTopology: () => () => {},
    reconnect() {
      client.destroy();
      // It tries for as long as its own reconnect strategy says; until then commands fail.
      client.connect().catch(() => {});
    },
  };
}

export function nodeRedisClusterConnection(cluster: NodeRedisCluster): RedisConnection {
  const clientOf = (shard: NodeRedisShard) => cluster.nodeClient(shard as never);
  return {
    send: (key, command) => cluster.sendCommand(key, false, [...command], BUFFERS),
    primaries: async () => (await Promise.all(cluster.masters.map(clientOf))).map(serverOf),
    async listen(channel, onMessage, onLost) {
      // What is published is passed on to all servers of the cluster, so any of them will do.
      const shard = cluster.masters[Math.floor(Math.random() * cluster.masters.length)];
      if (shard === undefined)
        throw new CoatcheckError("store_unavailable", "No server of the Redis cluster is known.");
      return listen(await clientOf(shard), channel, onMessage, onLost);
    },
    // It does not say. What a failover takes back is removed again when it is about to be forgotten.
    watchTopology: () => () => {},
    // Its connections are its own affair: `socketTimeout` in its options ends those that answer nothing.
    reconnect: () => {},
  };
}

function serverOf(client: NodeRedisClient): RedisServer {
  return { send: (command) => client.sendCommand([...command], BUFFERS) };
}

async function listen(
  client: NodeRedisClient,
  channel: string,
  onMessage: (message: Buffer) => void,
  onLost: () => void,
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
  try {
    await listener.connect();
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
    // It is closed already.
  }
}

function requireImmediateCommands({ options }: NodeRedisClient): void {
  if (options.disableOfflineQueue === true) return;
  throw new CoatcheckError(
    "invalid_configuration",
    "The node-redis client keeps commands for later: make it with disableOfflineQueue: true.",
  );
}
