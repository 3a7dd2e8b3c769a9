import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { compare } from "../http/compare.ts";
import { type Aim, addAims, addComparison } from "../http/comparison-tables.ts";
import { stayOnClientCore } from "../http/cores.ts";
import { otherAims, otherName } from "../http/other-aims.ts";
import { ServedProcess } from "../http/served-process.ts";
import type { Question } from "../question.ts";
import { report } from "../report.ts";
import { plain, VERIFY } from "./contestants.ts";
import {
  gatewayContestants,
  NEAR_CACHE,
  REDIS,
  SQLITE,
  VERIFY_NEAR_CACHE,
  VERIFY_SQLITE,
} from "./gateway-contestants.ts";
import { startPlainNginx, startUpstream } from "./nginx.ts";

const CONNECTIONS = 32;
const BARE_PROXY = "@fastify/http-proxy, bare";
const BARE_ROUTE = "a Fastify route, bare";

const aims: readonly Aim[] = [
  { of: NEAR_CACHE, to: BARE_PROXY, atLeast: 0.85 },
  { of: SQLITE, to: BARE_PROXY, atLeast: 0.8 },
  { of: REDIS, to: BARE_PROXY, atLeast: 0.7 },
  { of: VERIFY_NEAR_CACHE, to: BARE_ROUTE, atLeast: 0.7 },
];

/** What does the gateway cost a request that it forwards, or that another proxy asks it about? */
export const runProxy: Question = async ({ pace, wants, otherBuild }, results) => {
  stayOnClientCore();
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-proxy-"));
  const [redis, postgres, service] = await Promise.all([RedisServer.start(), PostgresServer.start(), startUpstream()]);
  const upstream = `127.0.0.1:${service.port}`;
  const stops: (() => Promise<void>)[] = [];
  const onStop = (stop: () => Promise<void>) => void stops.push(stop);
  try {
    report("starting the gateways and proxies, and logging in");
    const serve = async (role: string) => {
      const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), [role, `http://${upstream}`]);
      onStop(() => process.stop());
      return process;
    };
    const [bareProxy, bareRoute] = [await serve("proxy"), await serve("route")];
    const nginx = await startPlainNginx(upstream);
    onStop(() => nginx.stop());
    const beside = { redis, postgres, upstream, folder, onStop };
    const ours = await gatewayContestants(beside);
    const others = otherBuild === undefined ? [] : await gatewayContestants(beside, otherBuild);

    const contestants = [
      plain(BARE_PROXY, bareProxy.port, bareProxy.pid),
      plain(BARE_ROUTE, bareRoute.port, bareRoute.pid),
      plain("nginx, a plain proxy", nginx.port, nginx.processId),
      ...ours,
      ...others.map((each) => ({ ...each, name: otherName(each.name) })),
    ].filter(({ name }) => wants(name) || name === BARE_PROXY || name === BARE_ROUTE);
    const comparison = await compare(contestants, CONNECTIONS, pace);
    addComparison(results, comparison, (name) =>
      name.startsWith(VERIFY) || name === BARE_ROUTE ? BARE_ROUTE : BARE_PROXY,
    );
    addAims(results, comparison, aims);
    addAims(results, comparison, otherAims([NEAR_CACHE, SQLITE, REDIS, VERIFY_NEAR_CACHE, VERIFY_SQLITE]));
  } finally {
    await Promise.all(stops.map((stop) => stop()));
    await Promise.all([redis.stop(), postgres.stop(), service.stop()]);
    await rm(folder, { recursive: true });
  }
};
