import { type IoredisClient, type IoredisCluster, ioredisConnection } from "./ioredis-connection.ts";
import {
  type NodeRedisClient,
  type NodeRedisCluster,
  nodeRedisClusterConnection,
  nodeRedisConnection,
} from "./node-redis-connection.ts";
import { type NodeRedisSentinel, nodeRedisSentinelConnection } from "./node-redis-sentinel-connection.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** A client of one server, of one behind Sentinel, or of a cluster. */
export type RedisClient = IoredisClient | IoredisCluster | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

/** @throws CoatcheckError `invalid_configuration` for a client that would break a promise of RedisConnection */
export function connectionOf(client: RedisClient): RedisConnection {
  if ("callBuffer" in client) return ioredisConnection(client);
  if ("masters" in client) return nodeRedisClusterConnection(client);
  return "acquire" in client ? nodeRedisSentinelConnection(client) : nodeRedisConnection(client);
}
