import { ioredisClusterOptions, ioredisOptions } from "coatcheck/stores/redis";
import { Cluster, Redis } from "ioredis";
import type { AnyRedisLocation } from "../../config/locations.ts";

const CONNECT_TIMEOUT_MILLISECONDS = 2_000;
const KEEP_ALIVE_MILLISECONDS = 10_000;
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** A client that has not connected yet. Once it has, it tries to reconnect for ever; calls fail meanwhile. */
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
        // A Sentinel without a password accepts any.
        ...(location.password === null ? {} : { sentinelPassword: location.password.reveal() }),
        // With the client's `tls` alone, both connections would be unencrypted.
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

/** Grows with each attempt and has a random part, so that a server that comes back is not overrun. */
function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MILLISECONDS, attempts * 50) * (0.5 + Math.random() / 2);
}
