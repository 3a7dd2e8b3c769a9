import { join } from "node:path";
import type { SessionStore } from "coatcheck/store";
import { createClient } from "redis";
import type { Surroundings } from "./application.ts";

/** Opens a store of ours. Each loads its driver alone, as an application would. */
export type OpenStore = (surroundings: Surroundings) => Promise<SessionStore>;

export const memory: OpenStore = async () => {
  const { MemorySessionStore } = await import("coatcheck/stores/memory");
  return new MemorySessionStore();
};

export const sqlite: OpenStore = async ({ folder }) => {
  const { default: Database } = await import("better-sqlite3");
  const { SqliteSessionStore } = await import("coatcheck/stores/sqlite");
  return SqliteSessionStore.open({ database: new Database(join(folder, "sessions.db")) });
};

export const redis: OpenStore = async ({ redisUrl }) => {
  const { RedisSessionStore } = await import("coatcheck/stores/redis");
  return RedisSessionStore.open({ client: await connectRedis(redisUrl) });
};

export const ioredis: OpenStore = async ({ redisUrl }) => {
  const { Redis } = await import("ioredis");
  const { ioredisOptions, RedisSessionStore } = await import("coatcheck/stores/redis");
  const client = new Redis(redisUrl, { ...ioredisOptions, lazyConnect: true });
  await client.connect();
  return RedisSessionStore.open({ client });
};

export const nearCache: OpenStore = async (surroundings) => {
  const { NearCacheSessionStore } = await import("coatcheck/stores/near-cache");
  return new NearCacheSessionStore({ store: await redis(surroundings) });
};

/** The same client for all that use it. */
export async function connectRedis(url: string) {
  const client = createClient({ url, disableOfflineQueue: true });
  client.on("error", () => {});
  await client.connect();
  return client;
}
