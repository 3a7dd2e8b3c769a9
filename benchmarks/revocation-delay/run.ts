import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { Gateway } from "../gateway-process.ts";
import { inLanes } from "../lanes.ts";
import { printTable, report } from "../report.ts";
import { CuttingProxy } from "./cutting-proxy.ts";

const REVOCATIONS = 2_000;
const CUTS = 10;
const REVOCATIONS_PER_CUT = 20;
const BOUND_MILLISECONDS = 1_000;
const SESSIONS_PER_USER = 100;
const PASSWORD = "counting analytical engines";
/** How many requests of a session are under way at a time while it is revoked, and how many of others beside it. */
const LANES = 4;
const LOAD_LANES = 8;
/** By then a cut channel has been noticed, is open again after mending, and what was held is read anew. */
const RECOVERY_MILLISECONDS = 6_000;

/** For how long does one node still let pass what another has revoked? */
export async function runRevocationDelay(): Promise<void> {
  const redis = await RedisServer.start();
  const overRedis = { COATCHECK_SESSIONS: redis.url };
  const rows = [await trial("Redis", [overRedis, overRedis], REVOCATIONS, delaysWithChannel)];

  // Only here: what passes through this process has to wait for it.
  const proxy = await CuttingProxy.to(redis.port);
  const environments = [overRedis, { COATCHECK_SESSIONS: proxy.url }] as const;
  const cutOff: Measurement = (nodes, tokens) => delaysWithoutChannel(nodes, tokens, proxy);
  rows.push(await trial("Redis, the channel dead and unnoticed", environments, CUTS * REVOCATIONS_PER_CUT, cutOff));
  proxy.close();
  await redis.stop();

  const postgres = await PostgresServer.start();
  const overPostgres = { COATCHECK_SESSIONS: await postgres.createDatabase() };
  rows.push(await trial("Postgres", [overPostgres, overPostgres], REVOCATIONS, delaysWithChannel));
  await postgres.stop();
  printTable(["milliseconds after the answer to the revocation", "revocations", "p50", "p99", "longest"], rows);
}

type Environment = Readonly<Record<string, string>>;
type Nodes = readonly [revoker: Gateway, other: Gateway];
/** Ends each of the sessions, and says how long after that it still passed. */
type Measurement = (nodes: Nodes, tokens: readonly string[]) => Promise<readonly number[]>;

async function trial(
  name: string,
  environments: readonly [Environment, Environment],
  revocations: number,
  measurement: Measurement,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-benchmark-"));
  const common = {
    COATCHECK_DATA: folder,
    COATCHECK_DATABASE: `sqlite:${join(folder, "accounts.sqlite")}`,
    COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: String(BOUND_MILLISECONDS),
    COATCHECK_LOG_LEVEL: "silent",
  };
  const nodes: Nodes = [
    await Gateway.create({ ...common, ...environments[0] }),
    await Gateway.create({ ...common, ...environments[1] }),
  ];
  const users = Array.from({ length: revocations / SESSIONS_PER_USER + 1 }, (_, index) => index);
  for (const user of users) await nodes[0].addUser(`user-${user}@example.com`, PASSWORD);
  await Promise.all(nodes.map((node) => node.start()));
  const tokens = await logIn(name, nodes[0], users.length);

  const load = new Load(nodes, tokens.splice(0, SESSIONS_PER_USER));
  const delays = await measurement(nodes, tokens);
  await load.stop();
  await Promise.all(nodes.map((node) => node.stop()));
  await rm(folder, { recursive: true });
  return row(name, delays);
}

/** One after the other, as sessions end. */
async function delaysWithChannel(nodes: Nodes, tokens: readonly string[]): Promise<readonly number[]> {
  const delays: number[] = [];
  for (const token of tokens) {
    delays.push(await delayOf(nodes, token));
    if (delays.length % 500 === 0) report(`${delays.length} revocations`);
  }
  return delays;
}

/** Many at once, before a node notices that the channel is dead. */
async function delaysWithoutChannel(
  nodes: Nodes,
  tokens: readonly string[],
  proxy: CuttingProxy,
): Promise<readonly number[]> {
  const delays: number[] = [];
  for (let cut = 0; cut < CUTS; cut += 1) {
    const batch = tokens.slice(cut * REVOCATIONS_PER_CUT, (cut + 1) * REVOCATIONS_PER_CUT);
    const trials = batch.map((token) => delayOf(nodes, token, 100));
    // They are being served from memory by now.
    await pause(50);
    proxy.cut();
    delays.push(...(await Promise.all(trials)));
    proxy.mend();
    await pause(RECOVERY_MILLISECONDS);
    report(`cut ${cut + 1} of ${CUTS}`);
  }
  return delays;
}

async function logIn(name: string, gateway: Gateway, users: number): Promise<string[]> {
  const tokens: string[] = [];
  const count = users * SESSIONS_PER_USER;
  report(`${name}: logging in ${count.toLocaleString("en")} sessions`);
  await inLanes(count, LANES, async (index) => {
    tokens.push(await gateway.login(`user-${index % users}@example.com`, PASSWORD));
  });
  return tokens;
}

/** How long after the answer to its logout the latest request was sent that still passed at the other node. */
async function delayOf([revoker, other]: Nodes, token: string, warmUpMilliseconds = 0): Promise<number> {
  let latestAccepted = Number.NEGATIVE_INFINITY;
  let isRefused = false;
  const lanes = Array.from({ length: LANES }, async () => {
    while (!isRefused) {
      const sentAt = performance.now();
      if (await other.accepts(token)) latestAccepted = Math.max(latestAccepted, sentAt);
      else isRefused = true;
    }
  });
  // Two rounds of the lanes: from then on the other node has it in memory.
  await pause(warmUpMilliseconds);
  while (latestAccepted === Number.NEGATIVE_INFINITY) await pause(1);
  await pause(5);
  await revoker.logout(token);
  const acknowledgedAt = performance.now();
  await Promise.all(lanes);
  return Math.max(0, latestAccepted - acknowledgedAt);
}

/** Requests of other sessions at all nodes, without a pause. */
class Load {
  #isStopped = false;
  readonly #lanes: Promise<void>[];

  constructor(gateways: readonly Gateway[], tokens: readonly string[]) {
    this.#lanes = Array.from({ length: LOAD_LANES }, async (_, lane) => {
      for (let index = lane; !this.#isStopped; index += 1) {
        await gateways[index % gateways.length]?.accepts(tokens[index % tokens.length] ?? "");
      }
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#lanes);
  }
}

function row(name: string, delays: readonly number[]): string[] {
  const sorted = [...delays].sort((first, second) => first - second);
  const at = (fraction: number) => (sorted[Math.ceil(fraction * sorted.length) - 1] ?? Number.NaN).toFixed(1);
  return [name, String(delays.length), at(0.5), at(0.99), at(1)];
}
