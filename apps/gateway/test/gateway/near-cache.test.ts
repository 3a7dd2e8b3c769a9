import { join } from "node:path";
import { missingProgram, PgBouncer, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import type { Environment } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** A login that was just proved is read from the store each time, so it must soon be old. */
const nearCache = { COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "60000", COATCHECK_FRESH_FOR_SECONDS: "1" };

async function startTwo(environment: Environment): Promise<{ first: GatewayProcess; second: GatewayProcess }> {
  const first = await GatewayProcess.create(environment);
  onTestFinished(() => first.dispose());
  const accounts = { COATCHECK_DATABASE: `sqlite:${join(first.folder, "coatcheck.sqlite")}` };
  const second = await GatewayProcess.create({ ...accounts, ...environment });
  onTestFinished(() => second.dispose());
  await first.addUser(ada.email, ada.password);
  await Promise.all([first.start(), second.start()]);
  return { first, second };
}

async function logIn(gateway: GatewayProcess): Promise<Client> {
  const client = new Client(gateway.url);
  expect((await client.login(ada.email, ada.password)).status).toBe(200);
  return client;
}

const statusOf = async (client: Client) => (await client.send("GET", "/auth/me")).status;

/** A copy answers even while the store hangs. Without one the answer is 503. */
async function waitUntilCopied(server: Pausable, client: Client): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await statusOf(client)).toBe(200);
      server.pause();
      const status = await statusOf(client);
      server.resume();
      expect(status).toBe(200);
    },
    { timeout: 20_000, interval: 200 },
  );
}

interface Pausable {
  pause(): void;
  resume(): void;
}

const backends = [
  {
    name: "Redis",
    isMissing: missingProgram("redis-server"),
    async start(): Promise<{ server: Pausable; environment: Environment }> {
      const server = await RedisServer.start();
      onTestFinished(() => server.stop());
      return { server, environment: { COATCHECK_SESSIONS: server.url } };
    },
  },
  {
    name: "Postgres behind PgBouncer, with a listener past it",
    isMissing: missingProgram("postgres") || missingProgram("pgbouncer"),
    async start(): Promise<{ server: Pausable; environment: Environment }> {
      const server = await PostgresServer.start();
      onTestFinished(() => server.stop());
      const url = await server.createDatabase();
      const bouncer = await PgBouncer.start(url);
      onTestFinished(() => bouncer.stop());
      return { server, environment: { COATCHECK_SESSIONS: bouncer.url, COATCHECK_SESSIONS_LISTENER: url } };
    },
  },
];

for (const { name, isMissing, start } of backends) {
  describe.skipIf(isMissing)(`two gateways with a near-cache on one ${name}`, () => {
    test("a copy at one goes when the other ends the session, long before it is too old", async () => {
      const { server, environment } = await start();
      const { first, second } = await startTwo({ ...environment, ...nearCache });
      const client = await logIn(first);
      const copy = client.at(second.url);
      await waitUntilCopied(server, copy);
      expect((await client.send("POST", "/auth/logout")).status).toBe(204);
      await vi.waitFor(async () => expect(await statusOf(copy)).toBe(401), { timeout: 10_000, interval: 10 });
    });
  });
}

test.skipIf(missingProgram("redis-server"))("with settle a logout is answered when no copy can be used", async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const { first, second } = await startTwo({
    COATCHECK_SESSIONS: server.url,
    COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "700",
    COATCHECK_NEAR_CACHE_SETTLE: "true",
  });
  const client = await logIn(first);
  const copy = client.at(second.url);
  expect(await statusOf(copy)).toBe(200);
  const start = performance.now();
  expect((await client.send("POST", "/auth/logout")).status).toBe(204);
  expect(performance.now() - start).toBeGreaterThanOrEqual(700);
  expect(await statusOf(copy)).toBe(401);
});
