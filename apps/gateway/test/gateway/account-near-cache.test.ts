import { once } from "node:events";
import { missingProgram, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runCommand } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** Longer than any test runs: what is seen was heard of. A login that was just proved is read from the store. */
const nearCache = { COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS: "60000", COATCHECK_FRESH_FOR_SECONDS: "1" };

describe.skipIf(missingProgram("postgres") || missingProgram("redis-server"))(
  "two gateways with copies of accounts",
  () => {
    let postgres: PostgresServer;
    let redis: RedisServer;
    let first: GatewayProcess;
    let second: GatewayProcess;
    let upstream: WebSocketServer;

    beforeAll(async () => {
      [postgres, redis] = await Promise.all([PostgresServer.start(), RedisServer.start()]);
      upstream = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      await once(upstream, "listening");
      const { port } = upstream.address() as { port: number };
      const routes = [
        { path: "/app/", access: "login", upstream: `http://127.0.0.1:${port}` },
        { path: "/staff/", access: "role:staff", upstream: `http://127.0.0.1:${port}` },
      ];
      const environment = {
        COATCHECK_DATABASE: await postgres.createDatabase(),
        COATCHECK_SESSIONS: redis.url,
        COATCHECK_ROUTES: JSON.stringify(routes),
        ...nearCache,
      };
      [first, second] = [await GatewayProcess.create(environment), await GatewayProcess.create(environment)];
      await first.addUser(ada.email, ada.password);
      await Promise.all([first.start(), second.start()]);
    });

    afterAll(async () => {
      await Promise.all([first?.dispose(), second?.dispose()]);
      upstream?.close();
      await Promise.all([postgres?.stop(), redis?.stop()]);
    });

    const userEdit = (...args: string[]) => runCommand(["users", ...args], first.environment);
    const statusAt = async (client: Client, path: string) => (await client.send("GET", path)).status;

    /** With a copy at the second: it answers even while the database hangs. */
    async function loggedInAndCopied(): Promise<Client> {
      const client = new Client(first.url);
      expect((await client.login(ada.email, ada.password)).status).toBe(200);
      const copy = client.at(second.url);
      await vi.waitFor(
        async () => {
          expect(await statusAt(copy, "/auth/me")).toBe(200);
          postgres.pause();
          const status = await statusAt(copy, "/auth/me").finally(() => postgres.resume());
          expect(status).toBe(200);
        },
        { timeout: 20_000, interval: 200 },
      );
      return copy;
    }

    test("a role that is given and taken counts at the other when it hears of it", async () => {
      const copy = await loggedInAndCopied();
      // What answers HTTP with 426 is the upstream: the request was let through.
      expect(await statusAt(copy, "/staff/")).toBe(403);
      expect(await userEdit("edit", ada.email, "--roles", "staff")).toMatchObject({ exitCode: 0 });
      await vi.waitFor(async () => expect(await statusAt(copy, "/staff/")).toBe(426), { timeout: 10_000, interval: 5 });
      expect(await userEdit("edit", ada.email, "--roles", "")).toMatchObject({ exitCode: 0 });
      await vi.waitFor(async () => expect(await statusAt(copy, "/staff/")).toBe(403), { timeout: 10_000, interval: 5 });
    });

    test("a ban at one closes what is open at the other and refuses what follows", async () => {
      const copy = await loggedInAndCopied();
      const headers = { cookie: copy.cookieHeader, origin: second.url };
      const socket = new WebSocket(`${second.url.replace("http", "ws")}/app/socket`, { headers });
      await once(socket, "open");
      const closed = once(socket, "close");
      expect(await userEdit("disable", ada.email)).toMatchObject({ exitCode: 0 });
      expect((await closed)[0]).toBe(4_401);
      expect(await statusAt(copy, "/auth/me")).toBe(401);
      expect(await statusAt(copy.at(first.url), "/auth/me")).toBe(401);
      await userEdit("enable", ada.email);
    });
  },
);
