import { RedisServer } from "@coatcheck/throwaway-servers";
import autocannon from "autocannon";
import { inLanes } from "../lanes.ts";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";
import { ServedProcess } from "../served-process.ts";
import { applications } from "./applications.ts";

const USERS = 1_000;
const CONNECTIONS = 64;
const ROUNDS = 9;
const SECONDS_PER_TURN = 2;

interface Served {
  readonly name: string;
  readonly process: ServedProcess;
  readonly url: string;
  readonly cookies: readonly string[];
  readonly rates: number[];
}

/** How many authenticated requests a second does a framework serve, with which sessions? */
export async function runFrameworks(): Promise<void> {
  const redis = await RedisServer.start();
  const served: Served[] = [];
  for (const name of Object.keys(applications)) {
    report(`logging ${USERS} users in to ${name}`);
    served.push(await serve(name, redis.url));
  }
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) report(`round ${round} of ${ROUNDS}`);
    for (const each of served) each.rates.push(await rateOf(each));
  }
  const rates = new Map(served.map(({ name, rates: [, ...measured] }) => [name, median(measured)]));
  const against = (name: string, other: string) => `${((rates.get(name) ?? 0) / (rates.get(other) ?? 0)).toFixed(2)} ×`;
  printTable(
    ["One process, 64 connections", "requests per second"],
    [...rates].map(([name, rate]) => [name, Math.round(rate).toLocaleString("en")]),
  );
  console.log();
  printTable(
    ["Ratio", "asked", "measured"],
    [
      [
        "Express, Redis: coatcheck to express-session",
        "2 ×",
        against("Express, coatcheck, Redis", "Express, express-session, connect-redis"),
      ],
      [
        "Fastify, Redis: coatcheck to @fastify/session",
        "1.5 ×",
        against("Fastify, coatcheck, Redis", "Fastify, @fastify/session, connect-redis"),
      ],
      [
        "Fastify: coatcheck in memory to no session",
        "0.8 ×",
        against("Fastify, coatcheck, memory", "Fastify, no session"),
      ],
    ],
  );
  for (const { process } of served) process.stop();
  await redis.stop();
}

async function serve(name: string, redisUrl: string): Promise<Served> {
  const process = await ServedProcess.start(new URL("./serve.js", import.meta.url), [name, redisUrl]);
  const url = `http://127.0.0.1:${process.port}`;
  const cookies: string[] = [];
  await inLanes(USERS, CONNECTIONS, async (index) => {
    const { headers } = await fetch(`${url}/login?user=user-${index}`, { method: "POST" });
    cookies.push(headers.getSetCookie()[0]?.split(";")[0] ?? "");
  });
  return { name, process, url, cookies, rates: [] };
}

async function rateOf({ name, url, cookies }: Served): Promise<number> {
  const requests = cookies.map((cookie) => ({ method: "GET" as const, path: "/me", headers: { cookie } }));
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS_PER_TURN, requests });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${name}: ${result.non2xx + result.errors} requests failed.`);
  return result.requests.total / result.duration;
}
