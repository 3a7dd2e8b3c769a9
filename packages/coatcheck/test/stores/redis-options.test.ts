import { createClient } from "@redis/client";
import { ioredisClusterOptions, ioredisOptions, type RedisClient, RedisSessionStore } from "coatcheck/stores/redis";
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import { describe, expect, test } from "vitest";

/** Connects to nothing: a client that is unfit is refused before. */
const redis = (options: RedisOptions) => new Redis({ ...ioredisOptions, lazyConnect: true, ...options } as never);
const cluster = (options: ClusterOptions) =>
  new Cluster([{ host: "127.0.0.1", port: 1 }], { ...ioredisClusterOptions, lazyConnect: true, ...options } as never);
const nodeRedis = (options: object) => createClient({ disableOfflineQueue: true, ...options }) as RedisClient;

const resending = { ...ioredisClusterOptions.redisOptions };

const unfit: readonly (readonly [does: string, client: () => RedisClient, names: string])[] = [
  ["queues commands until a turn has ended", () => redis({ enableAutoPipelining: true }), "enableAutoPipelining"],
  ["changes every key", () => redis({ keyPrefix: "app:" }), "keyPrefix"],
  ["keeps commands for later", () => redis({ enableOfflineQueue: true }), "enableOfflineQueue"],
  ["sends again", () => redis({ autoResendUnfulfilledCommands: true }), "autoResendUnfulfilledCommands"],
  ["reads from a replica", () => redis({ readOnly: true }), "readOnly"],
  [
    "looks for a replica",
    () => redis({ sentinels: [{ host: "127.0.0.1", port: 1 }], name: "x", role: "slave" }),
    "role",
  ],
  ["gives numbers as texts", () => redis({ stringNumbers: true }), "stringNumbers"],
  ["never connects again", () => redis({ retryStrategy: null as never }), "retryStrategy"],
  ["queues commands for a cluster", () => cluster({ enableAutoPipelining: true }), "enableAutoPipelining"],
  ["changes keys of a cluster", () => cluster({ keyPrefix: "app:" }), "keyPrefix"],
  ["changes its nodes' keys", () => cluster({ redisOptions: { ...resending, keyPrefix: "app:" } }), "keyPrefix"],
  ["reads from a cluster's replicas", () => cluster({ scaleReads: "slave" }), "scaleReads"],
  ["reads from any node", () => cluster({ scaleReads: "all" }), "scaleReads"],
  [
    "gives a cluster's numbers as texts",
    () => cluster({ redisOptions: { ...resending, stringNumbers: true } }),
    "stringNumbers",
  ],
  ["is of node-redis and keeps commands", () => nodeRedis({ disableOfflineQueue: false }), "disableOfflineQueue: true"],
  ["is of node-redis and changes keys", () => nodeRedis({ keyPrefix: "app:" }), "keyPrefix"],
  ["is of node-redis and reads from a replica", () => nodeRedis({ readonly: true }), "readonly"],
  ["is of node-redis and stays away", () => nodeRedis({ socket: { reconnectStrategy: false } }), "reconnectStrategy"],
];

describe("a client is refused when the store opens, and told what to write, if it", () => {
  test.each(unfit)("%s", async (_does, create, names) => {
    const opening = RedisSessionStore.open({ client: create(), deadlineMilliseconds: 200 });
    await expect(opening).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining(names),
    });
  });
});
