import type { Subscription } from "../../core/keep-listening.ts";
import { BUFFERS, hearErrorsOf, type NodeRedisReplies } from "./node-redis-connection.ts";
import type { CommandWord, Listening, RedisConnection } from "./redis-connection.ts";

/**
 * The part of a node-redis client behind Sentinel, as `createSentinel` makes it, that the store uses. Make it with
 * `maxCommandRediscovers: 0`, so that it sends no command twice; the store cannot check this, unlike the options of
 * other clients.
 */
export interface NodeRedisSentinel {
  readonly isReady: boolean;
  sendCommand(isReadOnly: boolean, words: CommandWord[], options: NodeRedisReplies): Promise<unknown>;
  // Distinguishes it from a client of one server.
  acquire(): Promise<unknown>;
  duplicate(): NodeRedisSentinelListener;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

interface NodeRedisSentinelListener {
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: Buffer) => void, asBuffers: true): Promise<unknown>;
  sendCommand(isReadOnly: boolean, words: CommandWord[]): Promise<unknown>;
  destroy(): Promise<void>;
  on(event: "error" | "topology-change" | "end", listener: () => void): unknown;
}

export function nodeRedisSentinelConnection(sentinel: NodeRedisSentinel): RedisConnection {
  const send = (command: readonly CommandWord[]) => sentinel.sendCommand(false, [...command], BUFFERS);
  return {
    send: (_key, command) => send(command),
    primaries: async () => [{ send }],
    listen: (listening) => listen(sentinel.duplicate(), listening),
    hearErrors: (onError) => hearErrorsOf(sentinel, onError),
    // The client follows the primary by itself, and so does its listener: each change of the topology ends a listening
    // connection.
    watchTopology: () => () => {},
    reconnect: () => {},
  };
}

/** After any report the client would silently subscribe again by itself: so any report ends the connection. */
async function listen(
  listener: NodeRedisSentinelListener,
  { channel, onMessage, onLost, signal }: Listening,
): Promise<Subscription> {
  let isListening = false;
  const lose = () => {
    if (isListening) onLost();
    isListening = false;
  };
  listener.on("error", lose);
  listener.on("end", lose);
  const close = () => {
    isListening = false;
    listener.destroy().catch(() => {});
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    await listener.connect();
    await listener.subscribe(channel, onMessage, true);
  } catch (error) {
    close();
    throw error;
  }
  isListening = true;
  // Only from now on: while connecting, the client reports the topology that it finds as a change.
  listener.on("topology-change", lose);
  return { ping: () => listener.sendCommand(false, ["PING"]), close };
}
