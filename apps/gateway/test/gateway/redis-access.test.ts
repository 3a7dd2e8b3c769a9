import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { freePort, missingProgram, PostgresServer, RedisSentinels, RedisServer } from "@coatcheck/throwaway-servers";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { type Environment, runProgram } from "../support/run-command.ts";
import { TlsCertificate } from "../support/tls-certificate.ts";

const PASSWORD = "hunter2";
const SENTINEL_PROGRAM = "redis-server";

async function startGateway(environment: Environment): Promise<GatewayProcess> {
  const gateway = await GatewayProcess.create(environment);
  onTestFinished(() => gateway.dispose());
  await gateway.start();
  return gateway;
}

async function startRedis(...words: readonly string[]): Promise<RedisServer> {
  const server = await RedisServer.start({ arguments: words });
  onTestFinished(() => server.stop());
  return server;
}

/** Ready means: it has read accounts and sessions. */
async function readiness({ url }: GatewayProcess): Promise<number> {
  return (await new Client(url).send("GET", "/auth/health/ready")).status;
}

describe.skipIf(missingProgram("redis-server"))("behind Sentinel", () => {
  test("the password is for Redis, and for a Sentinel that asks for none", async () => {
    const sentinels = await RedisSentinels.start();
    onTestFinished(() => sentinels.stop());
    for (const server of sentinels.servers) await server.command("CONFIG", "SET", "requirepass", PASSWORD);
    const url = sentinels.url.replace("//", `//:${PASSWORD}@`);
    expect(await readiness(await startGateway({ COATCHECK_SESSIONS: url }))).toBe(200);
  });

  test("?tls=true is for the Sentinels too, and a password for those that ask for it", async () => {
    const certificate = await TlsCertificate.create();
    onTestFinished(() => certificate.remove());
    const port = await startWithTlsAlone(certificate);
    const url = `redis-sentinel://:${PASSWORD}@localhost:${port}/primary?tls=true`;
    const gateway = await startGateway({ COATCHECK_SESSIONS: url, ...certificate.environment });
    expect(await readiness(gateway)).toBe(200);
  });
});

/** A primary and its Sentinel that speak TLS alone, and both ask for the password. Returns the Sentinel's port. */
async function startWithTlsAlone(certificate: TlsCertificate): Promise<number> {
  const [primaryPort, sentinelPort] = [await freePort(), await freePort()];
  const settings = certificate.redisSettings(primaryPort).flatMap(([name, value]) => [`--${name}`, value]);
  await startRedis(...settings, "--port", "0", "--requirepass", PASSWORD);

  const path = join(certificate.folder, "sentinel.conf");
  const lines = [
    ["port", "0"],
    ["requirepass", PASSWORD],
    ["tls-replication", "yes"],
    ...certificate.redisSettings(sentinelPort),
    ["sentinel", "monitor", "primary", "127.0.0.1", String(primaryPort), "1"],
    ["sentinel", "auth-pass", "primary", PASSWORD],
  ];
  await writeFile(path, lines.map((line) => line.join(" ")).join("\n"));
  const sentinel = spawn(SENTINEL_PROGRAM, [path, "--sentinel"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void sentinel.kill("SIGKILL"));
  let log = "";
  sentinel.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await vi.waitFor(() => expect(log).toContain("+monitor master"), { timeout: 10_000 });
  return sentinelPort;
}

describe.skipIf(missingProgram("redis-server"))("a Redis by itself", () => {
  test("that refuses the password from now on: one line in the log, without it", async () => {
    const server = await startRedis("--requirepass", PASSWORD);
    const gateway = await startGateway({ COATCHECK_SESSIONS: server.url.replace("//", `//:${PASSWORD}@`) });
    await server.command("--pass", PASSWORD, "CONFIG", "SET", "requirepass", "another");
    await server.command("--pass", "another", "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await vi.waitFor(() => expect(gateway.log).toContain("WRONGPASS"), { timeout: 10_000 });
    // For up to a second the gateway answers by what it found before.
    await vi.waitFor(async () => expect(await readiness(gateway)).toBe(503), { timeout: 10_000 });

    await server.command("--pass", "another", "CONFIG", "SET", "requirepass", PASSWORD);
    await vi.waitFor(async () => expect(await readiness(gateway)).toBe(200), { timeout: 10_000 });
    expect(gateway.log.match(/sessions_unreachable/g)).toHaveLength(1);
    expect(gateway.log).not.toContain(PASSWORD);
  });

  test("that has no such database is refused: another one is not taken instead", async () => {
    const server = await startRedis("--databases", "4");
    const gateway = await startGateway({ COATCHECK_SESSIONS: `${server.url}/3` });
    expect(await readiness(gateway)).toBe(200);
    const refused = await runProgram(["gateway"], { ...gateway.environment, COATCHECK_SESSIONS: `${server.url}/4` });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/DB index is out of range/) });
  });
});

test.skipIf(missingProgram("redis-server") || missingProgram("postgres"))(
  "a gateway that cannot listen ends, whatever it had opened",
  async () => {
    const [redis, postgres] = [await startRedis(), await PostgresServer.start()];
    onTestFinished(() => postgres.stop());
    const taken = createServer().listen(0, "localhost");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const result = await runProgram(["gateway"], {
      COATCHECK_DATABASE: await postgres.createDatabase(),
      COATCHECK_SESSIONS: redis.url,
      PORT: String(typeof address === "object" ? address?.port : 0),
    });
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/in use/) });
  },
);
