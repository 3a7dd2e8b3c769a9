import {
  missingProgram,
  PostgresServer,
  postgresForTests,
  RedisServer,
  redisClusterForTests,
  redisForTests,
  redisSentinelsForTests,
} from "@coatcheck/throwaway-servers";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { redisCommand } from "../src/redis-server.ts";
import { psql } from "./support/psql.ts";

const variables = ["TEST_REDIS_URL", "TEST_REDIS_CLUSTER_URL", "TEST_REDIS_SENTINEL_URL", "TEST_POSTGRES_URL"] as const;

beforeEach(() => {
  for (const variable of variables) vi.stubEnv(variable, undefined);
});

afterEach(() => void vi.unstubAllEnvs());

describe.skipIf(missingProgram("redis-server"))("Redis for tests", () => {
  test("is started where the environment names none, and stopped", async () => {
    const server = await redisForTests();
    const port = Number(new URL(server.url).port);
    expect(await redisCommand(port, ["PING"])).toBe("PONG");
    await server.stop();
    await expect(redisCommand(port, ["PING"])).rejects.toThrow("Connection refused");
  });

  test("is the one that the environment names, and keeps running", async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.stop());
    vi.stubEnv("TEST_REDIS_URL", own.url);
    const server = await redisForTests();
    expect(server.url).toBe(own.url);
    await server.stop();
    expect(await own.command("PING")).toBe("PONG");
  });
});

test.each([
  ["TEST_REDIS_CLUSTER_URL", redisClusterForTests, "redis-cluster://127.0.0.1:7000"],
  ["TEST_REDIS_SENTINEL_URL", redisSentinelsForTests, "redis-sentinel://127.0.0.1:26379/coatcheck"],
] as const)("%s is heeded", async (variable, forTests, url) => {
  vi.stubEnv(variable, url);
  expect((await forTests()).url).toBe(url);
});

describe.skipIf(missingProgram("postgres"))("Postgres for tests", () => {
  test("makes databases on the server that the environment names", async () => {
    const own = await PostgresServer.start();
    onTestFinished(() => own.stop());
    vi.stubEnv("TEST_POSTGRES_URL", own.url);
    const server = await postgresForTests();
    const url = await server.createDatabase();
    expect(new URL(url).port).toBe(String(own.port));
    await server.stop();
    expect(await psql(url, "SELECT 1")).toBe("1");
  });
});
