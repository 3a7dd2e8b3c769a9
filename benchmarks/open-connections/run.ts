import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, RedisServer } from "@coatcheck/throwaway-servers";
import WebSocket, { WebSocketServer } from "ws";
import { Gateway } from "../gateway-process.ts";
import { printTable, report } from "../report.ts";

const TRIALS = 500;
const SESSIONS_AT_A_TIME = 50;
const ada = { email: "ada@example.com", password: "counting analytical engines" };
const SESSION_ENDED = 4_401;

/** How long after a logout at one node is a WebSocket open that goes through another? */
export async function runOpenConnections(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-connections-"));
  const redis = await RedisServer.start();
  const port = await freePort();
  const upstream = new WebSocketServer({ port, host: "127.0.0.1" });
  const environment = {
    COATCHECK_DATA: folder,
    COATCHECK_DATABASE: `sqlite:${join(folder, "accounts.sqlite")}`,
    COATCHECK_SESSIONS: redis.url,
    COATCHECK_ROUTES: JSON.stringify([{ path: "/app/", access: "login", upstream: `http://127.0.0.1:${port}` }]),
    COATCHECK_LOG_LEVEL: "warn",
  };
  const [first, second] = [await Gateway.create(environment), await Gateway.create(environment)];
  await first.addUser(ada.email, ada.password);
  await Promise.all([first.start(), second.start()]);

  const delays: number[] = [];
  while (delays.length < TRIALS) {
    report(`${delays.length} of ${TRIALS}`);
    const tokens: string[] = [];
    for (let index = 0; index < SESSIONS_AT_A_TIME; index++) tokens.push(await first.login(ada.email, ada.password));
    for (const token of tokens) delays.push(await delayOf(token, first, second));
  }
  printTable(["Two gateways on one Redis, milliseconds", "trials", "p50", "p99", "longest"], [row(delays)]);
  await Promise.all([first.stop(), second.stop()]);
  upstream.close();
  await redis.stop();
  await rm(folder, { recursive: true });
}

/** From the answer to the logout at the first node to the close of a socket through the second; 0 where it came before. */
async function delayOf(token: string, first: Gateway, second: Gateway): Promise<number> {
  const headers = { cookie: `${second.cookieName}=${token}`, origin: second.url };
  const socket = new WebSocket(`${second.url.replace("http", "ws")}/app/socket`, { headers });
  await once(socket, "open");
  const closed = once(socket, "close").then(([code]) => ({ code: code as number, at: performance.now() }));
  await first.logout(token);
  const answeredAt = performance.now();
  const { code, at } = await closed;
  if (code !== SESSION_ENDED) throw new Error(`A socket was closed with ${code}.`);
  return Math.max(0, at - answeredAt);
}

function row(delays: readonly number[]): string[] {
  const sorted = [...delays].sort((first, second) => first - second);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return ["from a logout at one to the close at the other", String(sorted.length), at(0.5), at(0.99), at(1)];
}
