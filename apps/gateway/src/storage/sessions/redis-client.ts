import { ioredisClusterOptions, ioredisOptions } from "coatcheck/stores/redis";
import { Cluster, Redis } from "ioredis";
import type { AnyRedisLocation } from "../../config/locations.ts";

const CONNECT_TIMEOUT_MILLISECONDS = 2_000;
const KEEP_ALIVE_MILLISECONDS = 10_000;
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** A client that has not connected yet, and once it has tries for ever to connect again; meanwhile calls fail. */
export function redisClientFor(location: AnyRedisLocation): Redis | Cluster {
  const access = {
    ...ioredisOptions,
    ...(location.username === null ? {} : { username: location.username }),
    ...(location.password === null ? {} : { password: location.password.reveal() }),
    ...(location.tls ? { tls: {} } : {}),
    connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    keepAlive: KEEP_ALIVE_MILLISECONDS,
  };
  const retrying = { lazyConnect: true, retryStrategy: pauseAfter };
  switch (location.kind) {
    case "redis":
      return new Redis({ ...access, ...retrying, host: location.host, port: location.port, db: location.database });
    case "redis-sentinel":
      return new Redis({
        ...access,
        ...retrying,
        sentinels: [...location.sentinels],
        name: location.name,
        db: location.database,
        sentinelRetryStrategy: pauseAfter,
        // A Sentinel that asks for no password takes any.
        ...(location.password === null ? {} : { sentinelPassword: location.password.reveal() }),
        // The client's `tls` alone would leave both connections in the clear.
        ...(location.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
      });
    case "redis-cluster":
      return new Cluster([...location.servers], {
        ...ioredisClusterOptions,
        lazyConnect: true,
        clusterRetryStrategy: pauseAfter,
        redisOptions: access,
      });
  }
}

/** Longer each time, and by a random part, so that a server that comes back is not run over. */
function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MILLISECONDS, attempts * 50) * (0.5 + Math.random() / 2);
}
