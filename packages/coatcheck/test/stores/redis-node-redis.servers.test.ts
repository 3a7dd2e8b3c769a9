import { missingProgram, redisForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { createClient } from "@redis/client";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStores } from "./support/redis-stores.ts";

const runner = { describe, test };
describe.skipIf(missingProgram("redis-server", "TEST_REDIS_URL"))("Redis by node-redis", () => {
  let server: ServerForTests;

  const open = () => createClient({ url: server.url, disableOfflineQueue: true });
  let clients: [ReturnType<typeof open>, ReturnType<typeof open>];

  beforeAll(async () => {
    server = await redisForTests();
    clients = [open(), open()];
    for (const client of clients) await client.connect();
  });

  afterAll(async () => {
    for (const client of clients) client.destroy();
    await server.stop();
  });

  describe("by node-redis", () => {
    const createStore = redisStores(() => clients, "given");
    storeContract({ runner, createStore, clock: "given" });
    storeModelTest({ runner, fc, createStore, runs: 15 });
  });

  test("a node-redis client that keeps commands for later is refused", async () => {
    const client = createClient({ url: server.url });
    await expect(RedisSessionStore.open({ client })).rejects.toMatchObject({ code: "invalid_configuration" });
  });
});
