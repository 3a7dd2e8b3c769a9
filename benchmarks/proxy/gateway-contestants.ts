import { join } from "node:path";
import type { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import type { HttpContestant } from "../http/contestant.ts";
import { forwarding, VERIFY, verifying } from "./contestants.ts";
import { type GatewayOptions, type ServedGateway, startGateway } from "./gateways.ts";
import { startAskingNginx } from "./nginx.ts";

export const NEAR_CACHE = "the gateway, behind a login, near-cache";
export const SQLITE = "the gateway, behind a login, SQLite";
export const REDIS = "the gateway, behind a login, Redis";
export const VERIFY_NEAR_CACHE = `${VERIFY}, near-cache`;
export const VERIFY_SQLITE = `${VERIFY}, SQLite`;

export interface Beside {
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  /** `127.0.0.1:PORT` of the upstream. */
  readonly upstream: string;
  /** An empty one. */
  readonly folder: string;
  /** Is given each function that stops what was started. */
  readonly onStop: (stop: () => Promise<void>) => void;
}

/** The gateway in each of its ways, and nginx that asks it. `otherBuild` is another checkout, whose gateway it is. */
export async function gatewayContestants(
  { redis, postgres, upstream, folder, onStop }: Beside,
  otherBuild?: string,
): Promise<readonly HttpContestant[]> {
  const build = otherBuild === undefined ? "this" : "other";
  const start = async (
    name: string,
    access: GatewayOptions["access"],
    environment: GatewayOptions["environment"] = {},
  ): Promise<ServedGateway> => {
    const options = { folder: join(folder, `${build}-${name}`), upstream: `http://${upstream}` };
    const served = await startGateway({ ...options, access, environment, otherBuild });
    onStop(() => served.gateway.stop());
    return served;
  };
  // Databases of Redis: each gateway of each build has its own.
  const database = otherBuild === undefined ? 1 : 3;
  const open = await start("open", "public");
  const onSqlite = await start("sqlite", "login");
  const onRedis = await start("redis", "login", { COATCHECK_SESSIONS: `${redis.url}/${database}` });
  const cached = await start("cached", "login", {
    COATCHECK_SESSIONS: `${redis.url}/${database + 1}`,
    COATCHECK_DATABASE: await postgres.createDatabase(),
    COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000",
  });
  const asking = await startAskingNginx(upstream, `127.0.0.1:${cached.gateway.port}`);
  onStop(() => asking.stop());
  return [
    forwarding("the gateway, a public route", open),
    forwarding(NEAR_CACHE, cached),
    forwarding(SQLITE, onSqlite),
    forwarding(REDIS, onRedis),
    {
      ...forwarding("nginx asking the gateway by auth_request, near-cache", cached),
      port: asking.port,
      // What both of them need is what the request costs.
      processes: [asking.processId, cached.gateway.processId],
    },
    verifying(VERIFY_NEAR_CACHE, cached),
    verifying(VERIFY_SQLITE, onSqlite),
  ];
}
