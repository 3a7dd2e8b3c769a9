import type { RedisNode } from "./redis-connection.ts";

/** What a Redis server says of itself, as far as the store must know. */
export interface ServerInfo {
  readonly version: string;
  /** What it does when memory runs out. Only `noeviction` keeps sessions from vanishing one by one. */
  readonly maxmemoryPolicy: string;
}

/** Null where the server does not say, as when INFO is not allowed to this user. */
export async function readServerInfo(server: RedisNode): Promise<ServerInfo | null> {
  const info = String(await server.send(["INFO"]).catch(emptyIfForbidden));
  const version = /^redis_version:(\S+)/m.exec(info)?.[1];
  const maxmemoryPolicy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  return version === undefined || maxmemoryPolicy === undefined ? null : { version, maxmemoryPolicy };
}

/** Scripts may say of themselves that they free memory: from Redis 7 on, and in every Valkey. */
export function knowsScriptFlags({ version }: ServerInfo): boolean {
  return Number.parseInt(version, 10) >= 7;
}

function emptyIfForbidden(error: unknown): string {
  if (error instanceof Error && error.message.startsWith("NOPERM")) return "";
  throw error;
}
