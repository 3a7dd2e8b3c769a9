import { missingProgram, redisClusterForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { createCluster } from "@redis/client";
import { ioredisClusterOptions, type RedisClient } from "coatcheck/stores/redis";
import { storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { addressesIn, redisStores } from "./support/redis-stores.ts";

const runner = { describe, test };
describe.skipIf(missingProgram("redis-server", "TEST_REDIS_CLUSTER_URL"))("Redis Cluster", () => {
  let server: ServerForTests;

  beforeAll(async () => {
    server = await redisClusterForTests();
  });

  afterAll(() => server.stop());

  describe("a cluster by ioredis", () => {
    let clients: [Cluster, Cluster];

    beforeAll(() => {
      const open = () => new Cluster([...addressesIn(server.url)], ioredisClusterOptions);
      clients = [open(), open()];
    });

    afterAll(() => {
      for (const client of clients) client.disconnect();
    });

    const createStore = redisStores(() => clients, "given");
    storeContract({ runner, createStore, clock: "given" });
    storeModelTest({ runner, fc, createStore, runs: 15 });
  });

  describe("a cluster by node-redis", () => {
    const open = () =>
      createCluster({
        rootNodes: addressesIn(server.url).map(({ host, port }) => ({ url: `redis://${host}:${port}` })),
        defaults: { disableOfflineQueue: true },
      });
    let clients: [ReturnType<typeof open>, ReturnType<typeof open>];

    beforeAll(async () => {
      clients = [open(), open()];
      for (const client of clients) await client.connect();
    });

    afterAll(() => {
      for (const client of clients) client.destroy();
    });

    const createStore = redisStores(() => clients as [RedisClient, RedisClient], "given");
    storeContract({ runner, createStore, clock: "given" });
    storeModelTest({ runner, fc, createStore, runs: 10 });
  });
});
