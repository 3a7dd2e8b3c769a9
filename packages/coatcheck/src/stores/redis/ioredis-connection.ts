import type { Subscription } from "../../core/keep-listening.ts";
import { CoatcheckError } from "../../errors.ts";
import {
  type IoredisClusterOptions,
  type IoredisNodeOptions,
  requireClusterOptions,
  requireNodeOptions,
} from "./ioredis-options.ts";
import { type HeldSocket, OneWriteATurn } from "./one-write-a-turn.ts";
import type { CommandWord, Listening, RedisConnection, RedisNode } from "./redis-connection.ts";

/** The part of an ioredis `Redis` that the store uses: for one server, with or without TLS, or behind Sentinel. */
export interface IoredisClient extends IoredisNode {
  readonly options: IoredisNodeOptions;
  // "connect" and "ready" with a connection; other words without one.
  readonly status: string;
  // A different one after each connect.
  readonly stream?: HeldSocket | undefined;
}

/** The part of an ioredis `Cluster` that the store uses. */
export interface IoredisCluster {
  readonly options: IoredisClusterOptions;
  callBuffer(command: string, words: CommandWord[]): Promise<unknown>;
  nodes(role: "all" | "master"): IoredisNode[];
  disconnect(reconnect?: boolean): void;
  on(event: "+node" | "-node" | "error", listener: () => void): unknown;
  off(event: "+node" | "-node" | "error", listener: () => void): unknown;
}

interface IoredisNode {
  callBuffer(command: string, words: CommandWord[]): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  duplicate(override: IoredisListenerOptions): IoredisListener;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

interface IoredisListenerOptions {
  readonly lazyConnect: true;
  readonly enableOfflineQueue: true;
  readonly autoResubscribe: false;
  readonly retryStrategy: () => null;
  readonly sentinelRetryStrategy: () => null;
}

interface IoredisListener {
  connect(): Promise<void>;
  callBuffer(command: string, words: CommandWord[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
  on(event: "messageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

const LISTENER_OPTIONS: IoredisListenerOptions = {
  lazyConnect: true,
  enableOfflineQueue: true,
  autoResubscribe: false,
  retryStrategy: () => null,
  // Without this, the listener would ask the Sentinels for ever, as its client does.
  sentinelRetryStrategy: () => null,
};

/** @throws CoatcheckError `invalid_configuration` for a client whose options break a promise of RedisConnection */
export function ioredisConnection(client: IoredisClient | IoredisCluster): RedisConnection {
  if (isCluster(client)) requireClusterOptions(client.options);
  else requireNodeOptions(client.options);
  const turn = new OneWriteATurn();
  return {
    send(_key, command) {
      // A cluster chooses the connection by itself.
      if (!isCluster(client)) turn.hold(client.stream);
      return call(client, command);
    },
    async primaries() {
      const nodes = isCluster(client) ? client.nodes("master") : [client];
      if (nodes.length === 0) throw noServer();
      return nodes.map((node): RedisNode => ({ send: (command) => call(node, command) }));
    },
    listen(listening) {
      // A cluster passes published messages on to all of its servers, so any of them will do.
      return isCluster(client) ? listen(oneOf(client.nodes("all")), listening, false) : listen(client, listening, true);
    },
    hearErrors(onError) {
      const emitter: Pick<IoredisNode, "on" | "off"> = client;
      emitter.on("error", onError);
      return () => void emitter.off("error", onError);
    },
    watchTopology(onChange) {
      if (!isCluster(client)) return () => {};
      for (const event of ["+node", "-node"] as const) client.on(event, onChange);
      return () => {
        for (const event of ["+node", "-node"] as const) client.off(event, onChange);
      };
    },
    reconnect() {
      // A client that is connecting gets a new connection anyway, and ioredis would end it for good if it were told now.
      if (isCluster(client) || client.status === "connect" || client.status === "ready") client.disconnect(true);
    },
  };
}

function call(client: Pick<IoredisNode, "callBuffer">, command: readonly CommandWord[]): Promise<unknown> {
  const [name, ...words] = command;
  return client.callBuffer(String(name), words);
}

async function listen(
  node: IoredisNode,
  { channel, write, onMessage, onLost, signal }: Listening,
  mustTakeWrites: boolean,
): Promise<Subscription> {
  const listener = node.duplicate(LISTENER_OPTIONS);
  signal.addEventListener("abort", () => listener.disconnect(), { once: true });
  // The end of the connection follows every error, and only the end matters here.
  listener.on("error", () => {});
  listener.on("messageBuffer", (_channel, message) => onMessage(message));
  try {
    await listener.connect();
    if (mustTakeWrites) await call(listener, write);
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
