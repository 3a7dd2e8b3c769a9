import { CoatcheckError } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { type Cluster, Redis } from "ioredis";
import type { AnyRedisLocation } from "../../config/locations.ts";
import { GatewayError } from "../../errors.ts";
import { messageOf, type OnConnectionFault } from "../connection-fault.ts";
import { redisClientFor } from "./redis-client.ts";
import { RedisFaults } from "./redis-faults.ts";

/** A cluster or a Sentinel has to be asked who is who before anything else. */
const PATIENCE_MILLISECONDS = 10_000;

/**
 * Sessions in Redis, by a client that nothing else uses.
 *
 * @throws GatewayError `database_cannot_be_opened` when Redis cannot be reached or would throw sessions away
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
  // The client itself would go on in database 0 if it may not use this one.
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
  // No cause: an error of the driver carries the password that it sent.
  const reason = latest ?? messageOf(error);
  return new GatewayError("database_cannot_be_opened", `${location.place} cannot be reached: ${reason}.`);
}
