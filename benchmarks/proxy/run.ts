import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { compare } from "../http/compare.ts";
import { type Aim, addAims, addComparison } from "../http/comparison-tables.ts";
import { stayOnClientCore } from "../http/cores.ts";
import { ServedProcess } from "../http/served-process.ts";
import type { Question } from "../question.ts";
import { report } from "../report.ts";
import { forwarding, plain, VERIFY, verifying } from "./contestants.ts";
import { type GatewayOptions, startGateway } from "./gateways.ts";
import { startAskingNginx, startPlainNginx, startUpstream } from "./nginx.ts";

const CONNECTIONS = 32;

const BARE_PROXY = "@fastify/http-proxy, bare";
const BARE_ROUTE = "a Fastify route, bare";
const NEAR_CACHE = "the gateway, behind a login, near-cache";
const SQLITE = "the gateway, behind a login, SQLite";
const REDIS = "the gateway, behind a login, Redis";
const VERIFY_NEAR_CACHE = `${VERIFY}, near-cache`;
const VERIFY_SQLITE = `${VERIFY}, SQLite`;

const aims: readonly Aim[] = [
  { of: NEAR_CACHE, to: BARE_PROXY, atLeast: 0.85 },
  { of: SQLITE, to: BARE_PROXY, atLeast: 0.8 },
  { of: REDIS, to: BARE_PROXY, atLeast: 0.7 },
  { of: VERIFY_NEAR_CACHE, to: BARE_ROUTE, atLeast: 0.7 },
];

/** What does the gateway cost a request that it forwards, or that another proxy asks it about? */
export const runProxy: Question = async ({ pace, wants }, results) => {
  stayOnClientCore();
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-proxy-"));
  const [redis, postgres, upstream] = await Promise.all([RedisServer.start(), PostgresServer.start(), startUpstream()]);
  const address = `127.0.0.1:${upstream.port}`;
  const stops: (() => Promise<void>)[] = [];
  try {
    report("starting the gateways and proxies, and logging in");
    const serve = async (role: string) => {
      const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), [role, `http://${address}`]);
      stops.push(() => process.stop());
      return process;
    };
    const start = async (name: string, access: GatewayOptions["access"], environment = {}) => {
      const served = await startGateway({
        folder: join(folder, name),
        upstream: `http://${address}`,
        access,
        environment,
      });
      stops.push(() => served.gateway.stop());
      return served;
    };
    const [bareProxy, bareRoute] = [await serve("proxy"), await serve("route")];
    const open = await start("open", "public");
    const onSqlite = await start("sqlite", "login");
    const onRedis = await start("redis", "login", { COATCHECK_SESSIONS: `${redis.url}/1` });
    const cached = await start("cached", "login", {
      COATCHECK_SESSIONS: `${redis.url}/2`,
      COATCHECK_DATABASE: await postgres.createDatabase(),
      COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000",
    });
    const nginx = await startPlainNginx(address);
    const asking = await startAskingNginx(address, `127.0.0.1:${cached.gateway.port}`);
    stops.push(
      () => nginx.stop(),
      () => asking.stop(),
    );

    const contestants = [
      plain(BARE_PROXY, bareProxy.port, bareProxy.pid),
      forwarding("the gateway, a public route", open),
      forwarding(NEAR_CACHE, cached),
      forwarding(SQLITE, onSqlite),
      forwarding(REDIS, onRedis),
      plain("nginx, a plain proxy", nginx.port, nginx.processId),
      {
        ...forwarding("nginx asking the gateway by auth_request, near-cache", cached),
        port: asking.port,
        // What both of them need is what the request costs.
        processes: [asking.processId, cached.gateway.processId],
      },
      plain(BARE_ROUTE, bareRoute.port, bareRoute.pid),
      verifying(VERIFY_NEAR_CACHE, cached),
      verifying(VERIFY_SQLITE, onSqlite),
    ].filter(({ name }) => wants(name) || name === BARE_PROXY || name === BARE_ROUTE);
    const comparison = await compare(contestants, CONNECTIONS, pace);
    addComparison(results, comparison, (name) =>
      name.startsWith(VERIFY) || name === BARE_ROUTE ? BARE_ROUTE : BARE_PROXY,
    );
    addAims(results, comparison, aims);
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    await Promise.all([redis.stop(), postgres.stop(), upstream.stop()]);
    await rm(folder, { recursive: true });
  }
};
