import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RedisServer } from "@coatcheck/throwaway-servers";
import autocannon from "autocannon";
import { Gateway } from "../gateway-process.ts";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";
import { ServedProcess } from "../served-process.ts";

const CONNECTIONS = 32;
const ROUNDS = 9;
const SECONDS_PER_TURN = 2;
/** While a login is fresh its session is read from the store, whatever the near-cache holds. */
const FRESH_FOR_SECONDS = 1;
const ada = { email: "ada@example.com", password: "counting analytical engines" };

interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rates: number[];
}

/** One that the others do what it does, and more; and the others. */
interface Comparison {
  readonly bare: Contestant;
  readonly others: readonly Contestant[];
}

/** What does the gateway cost a request that it forwards, or that another proxy asks it about? */
export async function runProxy(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-proxy-"));
  const redis = await RedisServer.start();
  const script = new URL("./serve.js", import.meta.url);
  const upstream = await ServedProcess.start(script, ["upstream"]);
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const bareProxy = await ServedProcess.start(script, ["proxy", upstreamUrl]);
  const nearCache = { COATCHECK_SESSIONS: redis.url, COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000" };
  const start = (name: string, access: string, environment: Readonly<Record<string, string>> = {}) =>
    startGateway(join(folder, name), [{ path: "/app/", upstream: upstreamUrl, access }], environment);
  const open = await start("open", "public");
  const onSqlite = await start("sqlite", "login");
  const onRedis = await start("redis", "login", nearCache);
  const hello = { path: "/app/hello" };
  const [sqliteCookie, redisCookie] = [await cookieAt(onSqlite), await cookieAt(onRedis)];
  const asked = { "x-forwarded-method": "GET", "x-forwarded-host": new URL(onRedis.url).host, "x-forwarded-uri": "/" };
  await pause((FRESH_FOR_SECONDS + 1) * 1_000);

  const comparisons: readonly Comparison[] = [
    {
      bare: { name: "a Fastify route, bare", url: upstreamUrl, headers: {}, ...hello, rates: [] },
      others: [
        {
          name: "/auth/verify/forward, sessions in Redis, near-cache",
          ...{ url: onRedis.url, path: "/auth/verify/forward", headers: { ...redisCookie, ...asked }, rates: [] },
        },
      ],
    },
    {
      bare: {
        name: "@fastify/http-proxy, bare",
        url: `http://127.0.0.1:${bareProxy.port}`,
        headers: {},
        ...hello,
        rates: [],
      },
      others: [
        { name: "the gateway, a public route", url: open.url, headers: {}, ...hello, rates: [] },
        {
          name: "the gateway, behind a login, sessions in Redis, near-cache",
          ...{ url: onRedis.url, headers: redisCookie, ...hello, rates: [] },
        },
        {
          name: "the gateway, behind a login, sessions in SQLite",
          ...{ url: onSqlite.url, headers: sqliteCookie, ...hello, rates: [] },
        },
      ],
    },
  ];
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) report(`round ${round} of ${ROUNDS}`);
    for (const { bare, others } of comparisons)
      for (const each of [bare, ...others]) each.rates.push(await rateOf(each));
  }
  printTable(["One process, 32 connections", "requests per second", "of bare"], comparisons.flatMap(rowsOf));
  await Promise.all([open, onSqlite, onRedis].map((gateway) => gateway.stop()));
  for (const each of [bareProxy, upstream]) each.stop();
  await redis.stop();
  await rm(folder, { recursive: true });
}

function rowsOf({ bare, others }: Comparison): string[][] {
  const rate = ({ rates }: Contestant) => median(rates.slice(1));
  return [bare, ...others].map((each) => [
    each.name,
    Math.round(rate(each)).toLocaleString("en"),
    `${Math.round((rate(each) / rate(bare)) * 100)} %`,
  ]);
}

async function startGateway(
  folder: string,
  routes: readonly object[],
  environment: Readonly<Record<string, string>>,
): Promise<Gateway> {
  const gateway = await Gateway.create({
    COATCHECK_DATA: folder,
    COATCHECK_ROUTES: JSON.stringify(routes),
    COATCHECK_FORWARD_AUTH: "true",
    COATCHECK_TRUSTED_PROXIES: "127.0.0.1,::1",
    COATCHECK_FRESH_FOR_SECONDS: String(FRESH_FOR_SECONDS),
    COATCHECK_LOG_LEVEL: "warn",
    ...environment,
  });
  await gateway.start();
  return gateway;
}

async function cookieAt(gateway: Gateway): Promise<{ readonly cookie: string }> {
  await gateway.addUser(ada.email, ada.password);
  return { cookie: `${gateway.cookieName}=${await gateway.login(ada.email, ada.password)}` };
}

async function rateOf({ name, url, path, headers }: Contestant): Promise<number> {
  const requests = [{ method: "GET" as const, path, headers }];
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS_PER_TURN, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx + result.errors} failed.`);
  return result.requests.total / result.duration;
}
