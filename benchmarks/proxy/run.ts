import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { Gateway } from "../gateway-process.ts";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";
import { ServedProcess } from "../served-process.ts";

const CONNECTIONS = 32;
const ROUNDS = 9;
const SECONDS_PER_TURN = 2;
const ada = { email: "ada@example.com", password: "counting analytical engines" };

interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rates: number[];
}

/** What does the gateway cost a request that it forwards? */
export async function runProxy(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-proxy-"));
  const script = new URL("./serve.js", import.meta.url);
  const upstream = await ServedProcess.start(script, ["upstream"]);
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const bare = await ServedProcess.start(script, ["proxy", upstreamUrl]);
  const routes = [{ path: "/app/", upstream: upstreamUrl, access: "public" }];
  const members = [{ path: "/app/", upstream: upstreamUrl, access: "login" }];
  const open = await startGateway(join(folder, "open"), routes);
  const guarded = await startGateway(join(folder, "guarded"), members);
  await guarded.addUser(ada.email, ada.password);
  const cookie = `${guarded.cookieName}=${await guarded.login(ada.email, ada.password)}`;
  const contestants: readonly Contestant[] = [
    { name: "@fastify/http-proxy, bare", url: `http://127.0.0.1:${bare.port}`, headers: {}, rates: [] },
    { name: "the gateway, a public route", url: open.url, headers: {}, rates: [] },
    { name: "the gateway, a route for those who are logged in", url: guarded.url, headers: { cookie }, rates: [] },
  ];
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) report(`round ${round} of ${ROUNDS}`);
    for (const each of contestants) each.rates.push(await rateOf(each));
  }
  const medians = contestants.map(({ rates }) => median(rates.slice(1)));
  printTable(
    ["One process, 32 connections", "requests per second", "of bare"],
    contestants.map(({ name }, index) => {
      const rate = medians[index] ?? Number.NaN;
      return [name, Math.round(rate).toLocaleString("en"), `${Math.round((rate / (medians[0] ?? 1)) * 100)} %`];
    }),
  );
  await Promise.all([open.stop(), guarded.stop()]);
  for (const each of [bare, upstream]) each.stop();
  await rm(folder, { recursive: true });
}

async function startGateway(folder: string, routes: readonly object[]): Promise<Gateway> {
  const gateway = await Gateway.create({
    COATCHECK_DATA: folder,
    COATCHECK_ROUTES: JSON.stringify(routes),
    COATCHECK_LOG_LEVEL: "warn",
  });
  await gateway.start();
  return gateway;
}

async function rateOf({ name, url, headers }: Contestant): Promise<number> {
  const requests = [{ method: "GET" as const, path: "/app/hello", headers }];
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS_PER_TURN, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx + result.errors} failed.`);
  return result.requests.total / result.duration;
}
