import type { UrlVariable } from "./missing-program.ts";
import { createDatabase, PostgresServer } from "./postgres-server.ts";
import { RedisCluster } from "./redis-cluster.ts";
import { RedisSentinels } from "./redis-sentinels.ts";
import { RedisServer } from "./redis-server.ts";

/** A server to run tests on: the one that the environment names, or else one that was started for them. */
export interface ServerForTests {
  readonly url: string;
  /** Ends the server if it was started here. One from the environment keeps running, and keeps what was written. */
  stop(): Promise<void>;
}

export interface PostgresForTests extends ServerForTests {
  /** The URL of a new and empty database. */
  createDatabase(): Promise<string>;
}

/** `TEST_REDIS_URL`, or a Redis of its own. */
export function redisForTests(): Promise<ServerForTests> {
  return givenOrStarted("TEST_REDIS_URL", () => RedisServer.start());
}

/** `TEST_REDIS_CLUSTER_URL`, or a Redis Cluster of its own. */
export function redisClusterForTests(): Promise<ServerForTests> {
  return givenOrStarted("TEST_REDIS_CLUSTER_URL", () => RedisCluster.start());
}

/** `TEST_REDIS_SENTINEL_URL`, or Sentinels of its own. */
export function redisSentinelsForTests(): Promise<ServerForTests> {
  return givenOrStarted("TEST_REDIS_SENTINEL_URL", () => RedisSentinels.start());
}

/** `TEST_POSTGRES_URL`, whose user may create databases, or a Postgres of its own. */
export async function postgresForTests(): Promise<PostgresForTests> {
  const server = await givenOrStarted("TEST_POSTGRES_URL", () => PostgresServer.start());
  const { url } = server;
  return { url, createDatabase: () => createDatabase(url), stop: () => server.stop() };
}

async function givenOrStarted(variable: UrlVariable, start: () => Promise<ServerForTests>): Promise<ServerForTests> {
  const url = process.env[variable];
  return url ? { url, stop: async () => {} } : start();
}
