import type { Subscription } from "../../core/removal-channel.ts";
import { CoatcheckError } from "../../errors.ts";
import type { CommandWord, RedisConnection, RedisServer } from "./redis-connection.ts";

/** What the store uses of an ioredis `Redis`: of one server, with or without TLS, or behind Sentinel. */
export interface IoredisClient extends IoredisNode {
  readonly options: IoredisResending & { readonly enableOfflineQueue?: boolean | undefined };
}

/** What the store uses of an ioredis `Cluster`. */
export interface IoredisCluster {
  readonly options: {
    readonly enableOfflineQueue?: boolean | undefined;
    readonly retryDelayOnFailover?: number | undefined;
    readonly redisOptions?: IoredisResending | undefined;
  };
  callBuffer(command: string, words: CommandWord[]): Promise<unknown>;
  nodes(role: "all" | "master"): IoredisNode[];
  disconnect(reconnect?: boolean): void;
  on(event: "+node" | "-node", listener: () => void): unknown;
  off(event: "+node" | "-node", listener: () => void): unknown;
}

interface IoredisNode {
  callBuffer(command: string, words: CommandWord[]): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  duplicate(override: IoredisListenerOptions): IoredisListener;
}

interface IoredisResending {
  readonly autoResendUnfulfilledCommands?: boolean | undefined;
}

interface IoredisListenerOptions {
  readonly lazyConnect: true;
  readonly enableOfflineQueue: true;
  readonly autoResubscribe: false;
  readonly retryStrategy: () => null;
}

interface IoredisListener {
  connect(): Promise<void>;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
  on(event: "messageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/**
 * The options with which to make an ioredis client for the store: a command that cannot be sent fails at once, and none
 * is sent twice. `new Redis(url, ioredisOptions)`.
 */
export const ioredisOptions = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false } as const;

/** The same for a cluster: `new Cluster(nodes, { ...ioredisClusterOptions })`. Put a password into `redisOptions`. */
export const ioredisClusterOptions = {
  enableOfflineQueue: false,
  retryDelayOnFailover: 0,
  redisOptions: { autoResendUnfulfilledCommands: false },
} as const;

const LISTENER_OPTIONS: IoredisListenerOptions = {
  lazyConnect: true,
  enableOfflineQueue: true,
  autoResubscribe: false,
  retryStrategy: () => null,
};

/** @throws CoatcheckError `invalid_configuration` for a client that keeps commands for later or sends them again */
export function ioredisConnection(client: IoredisClient | IoredisCluster): RedisConnection {
  requireImmediateCommands(client);
  return {
    send: (_key, command) => call(client, command),
    async primaries() {
      const nodes = isCluster(client) ? client.nodes("master") : [client];
      if (nodes.length === 0) throw noServer();
      return nodes.map((node): RedisServer => ({ send: (command) => call(node, command) }));
    },
    listen(channel, onMessage, onLost) {
      // A cluster passes what is published on to all of its servers, so any of them will do.
      const node = isCluster(client) ? oneOf(client.nodes("all")) : client;
      return listen(node, channel, onMessage, onLost);
    },
    watchTopology(onChange) {
      if (!isCluster(client)) return () => {};
      for (const event of ["+node", "-node"] as const) client.on(event, onChange);
      return () => {
        for (const event of ["+node", "-node"] as const) client.off(event, onChange);
      };
    },
    reconnect: () => client.disconnect(true),
  };
}

function call(client: Pick<IoredisNode, "callBuffer">, command: readonly CommandWord[]): Promise<unknown> {
  const [name, ...words] = command;
  return client.callBuffer(String(name), words);
}

async function listen(
  node: IoredisNode,
  channel: string,
  onMessage: (message: Buffer) => void,
  onLost: () => void,
): Promise<Subscription> {
  const listener = node.duplicate(LISTENER_OPTIONS);
  // Whatever the error, the end follows it, and that is what counts.
  listener.on("error", () => {});
  listener.on("messageBuffer", (_channel, message) => onMessage(message));
  try {
    await listener.connect();
    await listener.subscribe(channel);
  } catch (error) {
    listener.disconnect();
    throw error;
  }
  listener.on("end", onLost);
  return { ping: () => listener.ping(), close: () => listener.disconnect() };
}

function oneOf<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw noServer();
  return item;
}

function noServer(): CoatcheckError {
  return new CoatcheckError("store_unavailable", "No server of the Redis cluster is known.");
}

function isCluster(client: IoredisClient | IoredisCluster): client is IoredisCluster {
  return "nodes" in client;
}

function requireImmediateCommands(client: IoredisClient | IoredisCluster): void {
  const resending = isCluster(client) ? client.options.redisOptions : client.options;
  const resends = resending?.autoResendUnfulfilledCommands !== false;
  const resendsElsewhere = isCluster(client) && client.options.retryDelayOnFailover !== 0;
  if (client.options.enableOfflineQueue === false && !resends && !resendsElsewhere) return;
  const name = isCluster(client) ? "ioredisClusterOptions" : "ioredisOptions";
  throw new CoatcheckError(
    "invalid_configuration",
    `The ioredis client keeps commands for later, or sends them again: make it with the options in ${name}.`,
  );
}
