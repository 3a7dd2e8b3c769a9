import { freePort, missingProgram, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import type { Environment } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** The deadline of a call to a store, and generous time for what is around it. */
const LONGEST_ANSWER_MILLISECONDS = 10_000;

interface FailingServer {
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const backends = [
  {
    name: "Redis",
    isMissing: missingProgram("redis-server"),
    async start(): Promise<{ server: FailingServer; environment: Environment }> {
      const server = await RedisServer.start({ arguments: ["--appendonly", "yes", "--appendfsync", "always"] });
      return { server, environment: { COATCHECK_SESSIONS: server.url } };
    },
  },
  {
    name: "Postgres",
    isMissing: missingProgram("postgres"),
    async start(): Promise<{ server: FailingServer; environment: Environment }> {
      const server = await PostgresServer.start();
      return { server, environment: { COATCHECK_SESSIONS: await server.createDatabase() } };
    },
  },
];

for (const { name, isMissing, start } of backends) {
  describe.skipIf(isMissing)(`with sessions in a ${name} that fails`, () => {
    let server: FailingServer;
    let gateway: GatewayProcess;
    let client: Client;

    beforeAll(async () => {
      const started = await start();
      server = started.server;
      gateway = await GatewayProcess.create(started.environment);
      await gateway.addUser(ada.email, ada.password);
      await gateway.start();
      client = new Client(gateway.url);
      expect((await client.login(ada.email, ada.password)).status).toBe(200);
    });

    afterAll(async () => {
      await gateway.dispose();
      await server.stop();
    });

    async function expectUnavailable(response: Response): Promise<void> {
      expect(response.status).toBe(503);
      expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      expect(response.headers.getSetCookie()).toEqual([]);
    }

    /** No answer says "logged out", no request is let in, and each answer comes in time. */
    async function expectHonestAnswers(): Promise<void> {
      const start = performance.now();
      await expectUnavailable(await client.send("GET", "/auth/me"));
      await expectUnavailable(await client.send("POST", "/auth/logout"));
      await expectUnavailable(await new Client(gateway.url).login(ada.email, ada.password));
      expect((await client.send("GET", "/auth/health/ready")).status).toBe(503);
      expect((await client.send("GET", "/auth/health/live")).status).toBe(200);
      expect(performance.now() - start).toBeLessThan(5 * LONGEST_ANSWER_MILLISECONDS);
    }

    async function expectRecovery(): Promise<void> {
      await vi.waitFor(async () => expect((await client.send("GET", "/auth/me")).status).toBe(200), {
        timeout: 20_000,
        interval: 100,
      });
    }

    test("it hangs: answers are 503, and all is well when it goes on", async () => {
      server.pause();
      await expectHonestAnswers();
      server.resume();
      await expectRecovery();
    });

    test("it was killed: answers are 503, the cookie is kept, and the session is there again with it", async () => {
      await server.kill();
      await expectHonestAnswers();
      await server.restart();
      await expectRecovery();
    });

    test("what was answered 503 can be tried again", async () => {
      const copy = client.copy();
      expect((await client.send("POST", "/auth/logout")).status).toBe(204);
      expect((await copy.send("GET", "/auth/me")).status).toBe(401);
      expect((await client.login(ada.email, ada.password)).status).toBe(200);
    });
  });
}

describe("at start, with sessions that cannot be had", () => {
  async function faultOf(environment: Environment): Promise<string> {
    const gateway = await GatewayProcess.create(environment);
    try {
      await gateway.start();
    } catch {
      return gateway.log;
    } finally {
      await gateway.dispose();
    }
    throw new Error("The gateway started.");
  }

  for (const url of [
    "redis://ada:hunter2@localhost:PORT",
    "redis-cluster://ada:hunter2@localhost:PORT",
    "redis-sentinel://ada:hunter2@localhost:PORT/primary",
    "postgres://ada:hunter2@localhost:PORT/sessions",
  ]) {
    test(`${url} says which server does not answer, and no password`, async () => {
      const port = String(await freePort());
      const fault = await faultOf({ COATCHECK_SESSIONS: url.replace("PORT", port) });
      expect(fault).toContain(port);
      expect(fault).toMatch(/cannot be (reached|opened)/);
      expect(fault).not.toContain("hunter2");
      expect(fault.trim().split("\n")).toHaveLength(1);
    });
  }

  test.skipIf(missingProgram("redis-server"))("a Redis that throws sessions away is refused", async () => {
    const server = await RedisServer.start({ arguments: ["--maxmemory-policy", "allkeys-lru"] });
    const fault = await faultOf({ COATCHECK_SESSIONS: server.url });
    await server.stop();
    expect(fault).toContain("maxmemory-policy is allkeys-lru, and must be noeviction");
  });

  test.skipIf(missingProgram("redis-server"))("a wrong password is said, and not shown", async () => {
    const server = await RedisServer.start({ arguments: ["--requirepass", "open sesame"] });
    const fault = await faultOf({ COATCHECK_SESSIONS: server.url.replace("//", "//:hunter2@") });
    await server.stop();
    expect(fault).toMatch(/WRONGPASS/);
    expect(fault).not.toContain("hunter2");
  });
});
