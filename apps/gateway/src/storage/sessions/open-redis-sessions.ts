import { CoatcheckError } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { type Cluster, Redis } from "ioredis";
import type { AnyRedisLocation } from "../../config/locations.ts";
import { GatewayError } from "../../errors.ts";
import { messageOf, type OnConnectionFault } from "../connection-fault.ts";
import { redisClientFor } from "./redis-client.ts";
import { RedisFaults } from "./redis-faults.ts";

/** A client of a cluster or a Sentinel first has to ask for the servers and their roles. */
const PATIENCE_MILLISECONDS = 10_000;

/**
 * Opens sessions in Redis, with a client that nothing else uses.
 *
 * @throws GatewayError `database_cannot_be_opened` if Redis cannot be reached or would evict sessions
 */
export async function openRedisSessions(
  location: AnyRedisLocation,
  onFault: OnConnectionFault,
): Promise<{ readonly store: SessionStore; close(): Promise<void> }> {
  const client = redisClientFor(location);
  const faults = new RedisFaults(client);
  try {
    await withinPatience(connect(client));
    const store = await RedisSessionStore.open({ client, whenEvicting: "refuse" });
    faults.reportTo(onFault);
    return {
      store,
      async close() {
        store.close();
        client.disconnect();
      },
    };
  } catch (error) {
    client.disconnect();
    throw openingFault(location, error, faults.latest);
  }
}

async function connect(client: Redis | Cluster): Promise<void> {
  await client.connect();
  // Without this, a client that may not use its database would silently go on in database 0.
  if (client instanceof Redis) await client.select(client.options.db ?? 0);
}

async function withinPatience(connecting: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("it does not answer")), PATIENCE_MILLISECONDS);
  });
  await Promise.race([connecting, late]).finally(() => clearTimeout(timer));
}

function openingFault(location: AnyRedisLocation, error: unknown, latest: string | null): GatewayError {
  if (error instanceof CoatcheckError && error.code === "invalid_configuration") {
    return new GatewayError("database_cannot_be_opened", `${location.place} cannot keep sessions. ${error.message}`);
  }
  // Without a cause: a driver's error carries the password that it sent.
  const reason = latest ?? messageOf(error);
  return new GatewayError("database_cannot_be_opened", `${location.place} cannot be reached: ${reason}.`);
}
