import { missingProgram, redisForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, test } from "vitest";
import { redisStores } from "./support/redis-stores.ts";

const runner = { describe, test };
describe.skipIf(missingProgram("redis-server", "TEST_REDIS_URL"))("Redis by ioredis", () => {
  let server: ServerForTests;
  let clients: [Redis, Redis];

  beforeAll(async () => {
    server = await redisForTests();
    clients = [new Redis(server.url, ioredisOptions), new Redis(server.url, ioredisOptions)];
  });

  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });

  describe("with a time that tests move", () => {
    const createStore = redisStores(() => clients, "given");
    storeContract({ runner, createStore, clock: "given" });
    storeModelTest({ runner, fc, createStore, runs: 40 });
  });

  describe("with the server's own clock", () => {
    storeContract({ runner, createStore: redisStores(() => clients, "own"), clock: "own" });
  });
});
