import type { SecretText } from "./secret-text.ts";

/** A file on this machine. */
export interface SqliteLocation {
  readonly kind: "sqlite";
  /** Absolute. */
  readonly path: string;
}

/** Sessions in the memory of one process. They are lost when it stops. */
export interface MemoryLocation {
  readonly kind: "memory";
}

export interface PostgresLocation {
  readonly kind: "postgres";
  /** The URL without its password and parameters, which may be shown. */
  readonly place: string;
  readonly url: SecretText;
}

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

interface RedisAccess {
  /** The URL without its password, which may be shown. */
  readonly place: string;
  readonly username: string | null;
  readonly password: SecretText | null;
  readonly tls: boolean;
}

export interface RedisLocation extends RedisAccess, ServerAddress {
  readonly kind: "redis";
  readonly database: number;
}

export interface RedisClusterLocation extends RedisAccess {
  readonly kind: "redis-cluster";
  /** Some of the servers of the cluster. They know the others. */
  readonly servers: readonly ServerAddress[];
}

export interface RedisSentinelLocation extends RedisAccess {
  readonly kind: "redis-sentinel";
  readonly sentinels: readonly ServerAddress[];
  /** The name of the primary at the Sentinels. */
  readonly name: string;
  readonly database: number;
}

export type DatabaseLocation = SqliteLocation | PostgresLocation;

export type AnyRedisLocation = RedisLocation | RedisClusterLocation | RedisSentinelLocation;

export type SessionsLocation = DatabaseLocation | MemoryLocation | AnyRedisLocation;

/** A location for people, without secrets. */
export function placeOf(location: SessionsLocation): string {
  if (location.kind === "memory") return "memory:";
  return location.kind === "sqlite" ? `sqlite:${location.path}` : location.place;
}

/** Whether the location is in another process, so that reading from it takes a round trip. */
export function isRemote(location: SessionsLocation): boolean {
  return location.kind !== "memory" && location.kind !== "sqlite";
}
