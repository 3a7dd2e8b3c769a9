import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import WebSocket, { WebSocketServer } from "ws";
import { Gateway } from "../gateway-process.ts";
import { printTable, report } from "../report.ts";
import type { BanOrder } from "./banning-gateway.ts";

const TRIALS = 500;
const SESSIONS_AT_A_TIME = 50;
const ada = { email: "ada@example.com", password: "counting analytical engines" };
const SESSION_ENDED = 4_401;
const SCRIPT = fileURLToPath(new URL("./banning-gateway.js", import.meta.url));

/** What a trial measures, in milliseconds. */
interface Delays {
  readonly fromCall: number;
  /** 0 where the socket was closed before the call had returned. */
  readonly fromReturn: number;
}

/** How long after a logout or a ban at one node is a WebSocket open that goes through another? */
export async function runOpenConnections(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-connections-"));
  const [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
  const port = await freePort();
  const upstream = new WebSocketServer({ port, host: "127.0.0.1" });
  const environment = {
    COATCHECK_DATA: folder,
    COATCHECK_DATABASE: await postgres.createDatabase(),
    COATCHECK_SESSIONS: redis.url,
    COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "1000",
    COATCHECK_ROUTES: JSON.stringify([{ path: "/app/", access: "login", upstream: `http://127.0.0.1:${port}` }]),
    COATCHECK_LOG_LEVEL: "warn",
  };
  const [first, second] = [await Gateway.create(environment, [SCRIPT]), await Gateway.create(environment)];
  await first.addUser(ada.email, ada.password);
  await Promise.all([first.start(), second.start()]);

  const logouts = await logoutTrials(first, second);
  const bans = await banTrials(first, second);
  printTable(
    ["Two gateways on one Redis and one Postgres, milliseconds", "trials", "p50", "p99", "longest"],
    [
      row("from the answer to a logout at one to the close at the other", logouts, "fromReturn"),
      row("from a ban's return at one to the close at the other", bans, "fromReturn"),
      row("from the call of the ban", bans, "fromCall"),
    ],
  );
  console.log(`\nAfter each of the ${bans.length} bans, the next request was refused by both.`);
  await Promise.all([first.stop(), second.stop()]);
  upstream.close();
  await Promise.all([redis.stop(), postgres.stop()]);
  await rm(folder, { recursive: true });
}

async function logoutTrials(first: Gateway, second: Gateway): Promise<readonly Delays[]> {
  const trials: Delays[] = [];
  while (trials.length < TRIALS) {
    report(`logouts: ${trials.length} of ${TRIALS}`);
    const tokens: string[] = [];
    for (let index = 0; index < SESSIONS_AT_A_TIME; index++) tokens.push(await first.login(ada.email, ada.password));
    for (const token of tokens) trials.push(await delaysOf(token, second, () => first.logout(token)));
  }
  return trials;
}

/** With each, everything of the user ends, so there is one session at a time. */
async function banTrials(first: Gateway, second: Gateway): Promise<readonly Delays[]> {
  const trials: Delays[] = [];
  const order = async (what: BanOrder["order"]): Promise<void> => {
    await first.ask({ order: what, email: ada.email } satisfies BanOrder);
  };
  while (trials.length < TRIALS) {
    if (trials.length % SESSIONS_AT_A_TIME === 0) report(`bans: ${trials.length} of ${TRIALS}`);
    const token = await first.login(ada.email, ada.password);
    trials.push(await delaysOf(token, second, () => order("ban")));
    for (const gateway of [first, second]) {
      if (await gateway.accepts(token)) throw new Error("A request passed after a ban.");
    }
    await order("lift");
  }
  return trials;
}

/** Of a socket through a gateway whose session `end` ends at another one. */
async function delaysOf(token: string, through: Gateway, end: () => Promise<void>): Promise<Delays> {
  const headers = { cookie: `${through.cookieName}=${token}`, origin: through.url };
  const socket = new WebSocket(`${through.url.replace("http", "ws")}/app/socket`, { headers });
  await once(socket, "open");
  const closed = once(socket, "close").then(([code]) => ({ code: code as number, at: performance.now() }));
  const calledAt = performance.now();
  await end();
  const returnedAt = performance.now();
  const { code, at } = await closed;
  if (code !== SESSION_ENDED) throw new Error(`A socket was closed with ${code}.`);
  return { fromCall: at - calledAt, fromReturn: Math.max(0, at - returnedAt) };
}

function row(name: string, trials: readonly Delays[], from: keyof Delays): string[] {
  const sorted = trials.map((delays) => delays[from]).sort((first, second) => first - second);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return [name, String(sorted.length), at(0.5), at(0.99), at(1)];
}
