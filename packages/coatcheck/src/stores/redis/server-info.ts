import type { RedisNode } from "./redis-connection.ts";

/** The part of a Redis server's report about itself that the store needs. */
export interface ServerInfo {
  readonly version: string;
  /** The server's policy when memory runs out. Only `noeviction` keeps sessions from vanishing one by one. */
  readonly maxmemoryPolicy: string;
}

/** Null if the server does not tell, for example because this user may not call INFO. */
export async function readServerInfo(server: RedisNode): Promise<ServerInfo | null> {
  const info = String(await server.send(["INFO"]).catch(emptyIfForbidden));
  const version = /^redis_version:(\S+)/m.exec(info)?.[1];
  const maxmemoryPolicy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  return version === undefined || maxmemoryPolicy === undefined ? null : { version, maxmemoryPolicy };
}

/** Whether scripts may declare that they free memory: from Redis 7 on, and in every Valkey. */
export function knowsScriptFlags({ version }: ServerInfo): boolean {
  return Number.parseInt(version, 10) >= 7;
}

function emptyIfForbidden(error: unknown): string {
  if (error instanceof Error && error.message.startsWith("NOPERM")) return "";
  throw error;
}
