import { freePort, missingProgram, PostgresServer, RedisServer, TcpSwitch } from "@coatcheck/throwaway-servers";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import type { Environment } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const SOON = { timeout: 8_000, interval: 50 };

let gateway: GatewayProcess;
afterEach(() => gateway.dispose());

async function started(environment: Environment): Promise<Client> {
  gateway = await GatewayProcess.create(environment);
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
  const client = new Client(gateway.url);
  expect(await statusOf(client.login(ada.email, ada.password))).toBe(200);
  return client;
}

const statusOf = async (response: Promise<Response>) => (await response).status;
const ready = () => statusOf(new Client(gateway.url).send("GET", "/auth/health/ready"));
const me = (client: Client) => statusOf(client.send("GET", "/auth/me"));
const login = () => statusOf(new Client(gateway.url).login(ada.email, ada.password));

async function newRedis(): Promise<RedisServer> {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  return server;
}

async function nameFor(port: number): Promise<TcpSwitch> {
  const name = await TcpSwitch.start(port);
  onTestFinished(() => name.stop());
  return name;
}

describe.skipIf(missingProgram("redis-server"))("with sessions in Redis", () => {
  test("people log in and out again soon after the name leads to another server", async () => {
    const [first, second] = await Promise.all([newRedis(), newRedis()]);
    await second.command("REPLICAOF", "127.0.0.1", String(first.port));
    const name = await nameFor(first.port);
    const client = await started({ COATCHECK_SESSIONS: `redis://127.0.0.1:${name.port}` });
    await vi.waitFor(async () => expect(await second.command("KEYS", "*")).not.toBe(""), SOON);
    await second.command("REPLICAOF", "NO", "ONE");
    await first.command("REPLICAOF", "127.0.0.1", String(second.port));
    name.switchTo(second.port);
    await vi.waitFor(
      async () => expect([await login(), await ready(), await me(client)]).toEqual([200, 200, 200]),
      SOON,
    );
    expect(await statusOf(client.send("POST", "/auth/logout"))).toBe(204);
  });

  test("it is not ready while the server takes no writes, and ready when it does", async () => {
    const server = await newRedis();
    await started({ COATCHECK_SESSIONS: server.url });
    expect(await ready()).toBe(200);
    await server.command("REPLICAOF", "127.0.0.1", "1");
    await vi.waitFor(async () => expect(await ready()).toBe(503), SOON);
    expect(await login()).toBe(503);
    await server.command("REPLICAOF", "NO", "ONE");
    await vi.waitFor(async () => expect([await ready(), await login()]).toEqual([200, 200]), SOON);
  });

  test("it is not ready while the server lacks the replicas that it must have to take writes", async () => {
    const server = await newRedis();
    await started({ COATCHECK_SESSIONS: server.url });
    await server.command("CONFIG", "SET", "min-replicas-to-write", "1");
    await vi.waitFor(async () => expect(await ready()).toBe(503), SOON);
    await server.command("CONFIG", "SET", "min-replicas-to-write", "0");
    await vi.waitFor(async () => expect(await ready()).toBe(200), SOON);
  });

  test("it is not ready while the server's memory is full and it refuses logins; logouts still work", async () => {
    const server = await newRedis();
    const client = await started({ COATCHECK_SESSIONS: server.url });
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await vi.waitFor(async () => expect(await ready()).toBe(503), SOON);
    expect(await login()).toBe(503);
    expect(await statusOf(client.send("POST", "/auth/logout"))).toBe(204);
    await server.command("CONFIG", "SET", "maxmemory", "0");
    await vi.waitFor(async () => expect([await ready(), await login()]).toEqual([200, 200]), SOON);
  });
});

describe.skipIf(missingProgram("postgres"))("with everything in Postgres", () => {
  test("it answers 503 while the name leads to a standby, and as before once that is the primary", async () => {
    const first = await PostgresServer.start();
    onTestFinished(() => first.stop());
    const second = await first.startStandby();
    onTestFinished(() => second.stop());
    const name = await nameFor(first.port);
    const url = `postgres://postgres@127.0.0.1:${name.port}/postgres`;
    const client = await started({ COATCHECK_DATABASE: url, COATCHECK_SESSIONS: url });
    await vi.waitFor(async () => {
      expect(await second.command("SELECT count(*) FROM coatcheck_sessions")).toBe("1");
    }, SOON);
    await first.kill();
    name.switchTo(second.port);
    await vi.waitFor(
      async () => expect([await me(client), await ready(), await login()]).toEqual([503, 503, 503]),
      SOON,
    );
    await second.promote();
    await vi.waitFor(
      async () => expect([await me(client), await ready(), await login()]).toEqual([200, 200, 200]),
      SOON,
    );
  });
});

describe.skipIf(missingProgram("redis-server"))("a gateway whose clock is two days ahead of the sessions'", () => {
  test("is not ready, says so, signs no user out, and begins no session", async () => {
    const server = await newRedis();
    const client = await started({ COATCHECK_SESSIONS: server.url });
    const metrics = await freePort();
    const ahead = await GatewayProcess.create({
      COATCHECK_DATABASE: `sqlite:${gateway.folder}/coatcheck.sqlite`,
      COATCHECK_SESSIONS: server.url,
      COATCHECK_METRICS_PORT: String(metrics),
      NODE_OPTIONS: `--import=${new URL("../support/two-days-ahead.mjs", import.meta.url).href}`,
    });
    onTestFinished(() => ahead.dispose());
    await ahead.start();
    const there = client.at(ahead.url);
    expect(await me(there)).toBe(503);
    expect(await statusOf(new Client(ahead.url).login(ada.email, ada.password))).toBe(503);
    expect(await statusOf(there.send("GET", "/auth/health/ready"))).toBe(503);
    // A second less or more: it takes time to ask. And what a process has written may still be on its way.
    await vi.waitFor(() => expect(ahead.log).toMatch(/17(?:2799|280\d) seconds ahead of/), { timeout: 15_000 });
    const exported = await (await fetch(`http://localhost:${metrics}/metrics`)).text();
    expect(exported).toMatch(/^coatcheck_clock_skew_seconds 17(?:2799|280\d)/m);
    expect(await me(client)).toBe(200);
  });
});
