import { missingProgram, redisSentinelsForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { createSentinel } from "@redis/client";
import { ioredisOptions, type RedisClient } from "coatcheck/stores/redis";
import { storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { addressesIn, redisStores } from "./support/redis-stores.ts";

const runner = { describe, test };

describe.skipIf(missingProgram("redis-server", "TEST_REDIS_SENTINEL_URL"))("Redis behind Sentinel", () => {
  let server: ServerForTests;
  const masterName = () => server.url.slice(server.url.lastIndexOf("/") + 1);

  beforeAll(async () => {
    server = await redisSentinelsForTests();
  });

  afterAll(() => server.stop());

  describe("by ioredis", () => {
    let clients: [Redis, Redis];

    beforeAll(() => {
      const open = () => new Redis({ sentinels: [...addressesIn(server.url)], name: masterName(), ...ioredisOptions });
      clients = [open(), open()];
    });

    afterAll(() => {
      for (const client of clients) client.disconnect();
    });

    const createStore = redisStores(() => clients, "given");
    storeContract({ runner, createStore, clock: "given" });
    storeModelTest({ runner, fc, createStore, runs: 10 });
  });

  describe("by node-redis", () => {
    const open = () =>
      createSentinel({
        name: masterName(),
        sentinelRootNodes: [...addressesIn(server.url)],
        nodeClientOptions: { disableOfflineQueue: true },
        maxCommandRediscovers: 0,
      });
    let clients: [ReturnType<typeof open>, ReturnType<typeof open>];

    beforeAll(async () => {
      clients = [open(), open()];
      for (const client of clients) {
        client.on("error", () => {});
        await client.connect();
      }
    });

    afterAll(async () => {
      for (const client of clients) await client.destroy();
    });

    storeContract({
      runner,
      createStore: redisStores(() => clients as [RedisClient, RedisClient], "given"),
      clock: "given",
    });
  });
});
