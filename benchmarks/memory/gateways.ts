import { join } from "node:path";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import type { HttpContestant } from "../http/contestant.ts";
import { ServedProcess } from "../http/served-process.ts";
import { forwarding, plain } from "../proxy/contestants.ts";
import { type GatewayOptions, startGateway } from "../proxy/gateways.ts";
import { startUpstream } from "../proxy/nginx.ts";
import { HEAP_FLAGS, heapBytesOf } from "./heap.ts";

export const BARE_PROXY = "@fastify/http-proxy, bare";
const NAMES = [BARE_PROXY, "the gateway, SQLite", "the gateway, Redis", "the gateway, near-cache, Postgres"] as const;

export const gatewayNames: readonly string[] = NAMES;

/** Starts a proxy by its name, lets `measure` ask it, and stops it. */
export async function withGateway(
  name: string,
  folder: string,
  measure: (contestant: HttpContestant, heapBytes: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const upstream = await startUpstream();
  const url = `http://127.0.0.1:${upstream.port}`;
  try {
    if (name === BARE_PROXY) {
      const script = new URL("../proxy/serve.js", import.meta.url);
      const process = await ServedProcess.start(script, ["proxy", url], { flags: HEAP_FLAGS });
      await measure(plain(name, process.port, process.pid), () => heapBytesOf(process));
      await process.stop();
      return;
    }
    const [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
    const environments: Readonly<Record<string, GatewayOptions["environment"]>> = {
      "the gateway, SQLite": {},
      "the gateway, Redis": { COATCHECK_SESSIONS: redis.url },
      "the gateway, near-cache, Postgres": {
        COATCHECK_SESSIONS: redis.url,
        COATCHECK_DATABASE: await postgres.createDatabase(),
        COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000",
      },
    };
    const environment = environments[name] ?? {};
    const options = { folder: join(folder, name.replaceAll(/\W+/g, "-")), upstream: url, access: "login" } as const;
    const served = await startGateway({ ...options, environment, flags: HEAP_FLAGS });
    await measure(forwarding(name, served), () => heapBytesOf(served.gateway));
    await served.gateway.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  } finally {
    await upstream.stop();
  }
}
