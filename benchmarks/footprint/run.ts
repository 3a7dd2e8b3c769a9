import { randomUUID } from "node:crypto";
import { RedisServer } from "@coatcheck/throwaway-servers";
import type { Device } from "coatcheck/store";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { fill } from "../fill.ts";
import { printTable, report } from "../report.ts";
import { betterAuth, connectRedis, type Layout } from "./layouts.ts";

const SESSIONS = 1_000_000;

/** Devices as they come: what Redis stores of one is of many lengths, and none may be shared. */
const DEVICES: readonly Device[] = [
  [
    "Chrome on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
  ],
  [
    "Edge on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
  ],
  [
    "Safari on iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  ],
  [
    "Safari on macOS",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
  ],
  ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  [
    "Samsung Internet on Android",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
  ],
].map(([label = "", userAgent = ""]) => ({ label, userAgent, ip: "203.0.113.77" }));

const coatcheck: Layout = async (client, count, device) => {
  const store = await RedisSessionStore.open({ client });
  await fill(store, count, { device, userId: () => randomUUID() });
  store.close();
};

const layouts: readonly (readonly [name: string, layout: Layout])[] = [
  ["coatcheck", coatcheck],
  ["connect-redis", connectRedis],
  ["better-auth, secondary storage", betterAuth],
];

/** How much memory does Redis need for a session? */
export async function runFootprint(): Promise<void> {
  const server = await RedisServer.start();
  const client = new Redis(server.url, { ...ioredisOptions, lazyConnect: true });
  await client.connect();
  const rows: string[][] = [];
  for (const [name, layout] of layouts) {
    const row = [name];
    for (const keepsUserAgent of [true, false]) {
      report(`${name}: ${SESSIONS.toLocaleString("en")} sessions, ${keepsUserAgent ? "user agent" : "label only"}`);
      row.push((await bytesPerSession(client, layout, keepsUserAgent)).toFixed(0));
    }
    rows.push(row);
  }
  const title = `bytes per session, ${SESSIONS.toLocaleString("en")} sessions of as many users`;
  printTable([title, "with user agent", "with label only"], rows);
  client.disconnect();
  await server.stop();
}

async function bytesPerSession(client: Redis, layout: Layout, keepsUserAgent: boolean): Promise<number> {
  await client.flushall("SYNC");
  const before = await usedMemory(client);
  await layout(client, SESSIONS, (index) => {
    const device = DEVICES[index % DEVICES.length] as Device;
    return keepsUserAgent ? device : { ...device, userAgent: null };
  });
  return ((await usedMemory(client)) - before) / SESSIONS;
}

async function usedMemory(client: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]);
}
