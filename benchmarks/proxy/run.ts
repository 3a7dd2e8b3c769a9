import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import autocannon from "autocannon";
import { Gateway } from "../gateway-process.ts";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";
import { ServedProcess } from "../served-process.ts";

const CONNECTIONS = 32;
const ROUNDS = 9;
const WARM_UP_ROUNDS = 3;
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
  const [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
  const script = new URL("./serve.js", import.meta.url);
  const upstream = await ServedProcess.start(script, ["upstream"]);
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const bareProxy = await ServedProcess.start(script, ["proxy", upstreamUrl]);
  const nearCache = {
    COATCHECK_SESSIONS: redis.url,
    COATCHECK_DATABASE: await postgres.createDatabase(),
    COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000",
  };
  const start = (name: string, access: string, environment: Readonly<Record<string, string>> = {}) =>
    startGateway(join(folder, name), [{ path: "/app/", upstream: upstreamUrl, access }], environment);
  const open = await start("open", "public");
  const onSqlite = await start("sqlite", "login");
  const cached = await start("cached", "login", nearCache);
  const hello = { path: "/app/hello" };
  const [sqliteCookie, cachedCookie] = [await cookieAt(onSqlite), await cookieAt(cached)];
  const asked = { "x-forwarded-method": "GET", "x-forwarded-host": new URL(cached.url).host, "x-forwarded-uri": "/" };
  await pause((FRESH_FOR_SECONDS + 1) * 1_000);

  const comparisons: readonly Comparison[] = [
    {
      bare: { name: "a Fastify route, bare", url: upstreamUrl, headers: {}, ...hello, rates: [] },
      others: [
        {
          name: "/auth/verify/forward, with the near-cache",
          url: cached.url,
          path: "/auth/verify/forward",
          headers: { ...cachedCookie, ...asked },
          rates: [],
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
          name: "the gateway, behind a login, with the near-cache",
          url: cached.url,
          headers: cachedCookie,
          ...hello,
          rates: [],
        },
        {
          name: "the gateway, behind a login, all in SQLite",
          url: onSqlite.url,
          headers: sqliteCookie,
          ...hello,
          rates: [],
        },
      ],
    },
  ];
  for (let round = 1 - WARM_UP_ROUNDS; round <= ROUNDS; round++) {
    report(round > 0 ? `round ${round} of ${ROUNDS}` : "warming up");
    for (const { bare, others } of comparisons)
      for (const each of [bare, ...others]) each.rates.push(await rateOf(each));
  }
  printTable(["One process, 32 connections", "requests per second", "of bare"], comparisons.flatMap(rowsOf));
  await Promise.all([open, onSqlite, cached].map((gateway) => gateway.stop()));
  for (const each of [bareProxy, upstream]) each.stop();
  await Promise.all([redis.stop(), postgres.stop()]);
  await rm(folder, { recursive: true });
}

/** A share is the median of each round's: what slows the machine down for a while slows both down. */
function rowsOf({ bare, others }: Comparison): string[][] {
  const measured = ({ rates }: Contestant) => rates.slice(WARM_UP_ROUNDS);
  return [bare, ...others].map((each) => {
    const shares = measured(each).map((rate, round) => rate / (measured(bare)[round] ?? Number.NaN));
    const rate = Math.round(median(measured(each))).toLocaleString("en");
    return [each.name, rate, `${Math.round(median(shares) * 100)} %`];
  });
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
