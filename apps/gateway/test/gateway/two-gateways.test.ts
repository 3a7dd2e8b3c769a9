import { once } from "node:events";
import { join } from "node:path";
import { freePort, missingProgram, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { type Environment, runCommand } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

async function statusAt(gateway: GatewayProcess, client: Client): Promise<number> {
  return (await client.at(gateway.url).send("GET", "/auth/me")).status;
}

interface Sessions {
  readonly name: string;
  readonly isMissing: boolean;
  start(): Promise<{ readonly environment: Environment; stop(): Promise<void> }>;
}

const backends: readonly Sessions[] = [
  {
    name: "Redis",
    isMissing: missingProgram("redis-server"),
    async start() {
      const server = await RedisServer.start();
      return { environment: { COATCHECK_SESSIONS: server.url }, stop: () => server.stop() };
    },
  },
  {
    name: "Postgres",
    isMissing: missingProgram("postgres"),
    async start() {
      const server = await PostgresServer.start();
      return { environment: { COATCHECK_DATABASE: await server.createDatabase() }, stop: () => server.stop() };
    },
  },
];

for (const { name, isMissing, start } of backends) {
  describe.skipIf(isMissing)(`two gateways on one ${name}`, () => {
    let server: Awaited<ReturnType<Sessions["start"]>>;
    let first: GatewayProcess;
    let second: GatewayProcess;
    let upstream: WebSocketServer;

    beforeAll(async () => {
      server = await start();
      const port = await freePort();
      upstream = new WebSocketServer({ port, host: "127.0.0.1" });
      const route = { path: "/app/", access: "login", upstream: `http://127.0.0.1:${port}` };
      const routes = { COATCHECK_ROUTES: JSON.stringify([route]) };
      first = await GatewayProcess.create({ ...routes, ...server.environment });
      const database = { COATCHECK_DATABASE: `sqlite:${join(first.folder, "coatcheck.sqlite")}` };
      second = await GatewayProcess.create({ ...database, ...routes, ...server.environment });
      await first.addUser(ada.email, ada.password);
      await Promise.all([first.start(), second.start()]);
    });

    afterAll(async () => {
      await Promise.all([first.dispose(), second.dispose()]);
      upstream.close();
      await server.stop();
    });

    async function loggedIn(): Promise<Client> {
      const client = new Client(first.url);
      expect((await client.login(ada.email, ada.password)).status).toBe(200);
      return client;
    }

    test("a login at one is good at the other", async () => {
      expect(await statusAt(second, await loggedIn())).toBe(200);
    });

    test("a logout at one is refused by the other on the very next request", async () => {
      for (let round = 0; round < 10; round += 1) {
        const client = await loggedIn();
        const copy = client.copy();
        expect(await statusAt(second, copy)).toBe(200);
        expect((await client.send("POST", "/auth/logout")).status).toBe(204);
        expect(await statusAt(second, copy)).toBe(401);
      }
    });

    test("what one revokes for a user is refused by the other on the very next request", async () => {
      const [client, other] = [await loggedIn(), await loggedIn()];
      expect(await statusAt(second, other)).toBe(200);
      expect((await client.send("DELETE", "/auth/sessions")).status).toBe(200);
      expect(await statusAt(second, other)).toBe(401);
      expect(await statusAt(second, client)).toBe(200);
    });

    test("a change of the password at one ends what the other lets pass, and a login there needs the new one", async () => {
      const [client, other] = [await loggedIn(), await loggedIn()];
      const change = { currentPassword: ada.password, newPassword: "a different engine, quite" };
      expect((await client.send("PUT", "/auth/password", change)).status).toBe(204);
      expect(await statusAt(second, other)).toBe(401);
      expect((await new Client(second.url).login(ada.email, ada.password)).status).toBe(401);
      expect((await new Client(second.url).login(ada.email, change.newPassword)).status).toBe(200);
      const back = { currentPassword: change.newPassword, newPassword: ada.password };
      expect((await client.send("PUT", "/auth/password", back)).status).toBe(204);
    });

    test("a ban closes what is open at both, and the next request is refused by both", async () => {
      const client = await loggedIn();
      const sockets = [first, second].map(({ url }) => {
        const headers = { cookie: client.at(url).cookieHeader, origin: url };
        return new WebSocket(`${url.replace("http", "ws")}/app/socket`, { headers });
      });
      await Promise.all(sockets.map((socket) => once(socket, "open")));
      const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
      await runCommand(["users", "disable", ada.email], first.environment);
      expect((await closed).map(([code]) => code)).toEqual([4_401, 4_401]);
      expect([await statusAt(first, client), await statusAt(second, client)]).toEqual([401, 401]);
      await runCommand(["users", "enable", ada.email], first.environment);
    });

    test("one that stops leaves the other at work", async () => {
      const client = await loggedIn();
      await first.kill("SIGTERM");
      expect(await statusAt(second, client)).toBe(200);
      await first.start();
      await vi.waitFor(async () => expect(await statusAt(first, client)).toBe(200), { timeout: 15_000 });
    });
  });
}
