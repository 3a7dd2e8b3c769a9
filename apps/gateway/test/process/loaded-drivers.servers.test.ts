import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  missingProgram,
  type PostgresForTests,
  postgresForTests,
  redisForTests,
  type ServerForTests,
} from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayProcess } from "../support/gateway-process.ts";
import type { Environment } from "../support/run-command.ts";

const LIST_AT_EXIT = new URL("../support/list-loaded-packages.mjs", import.meta.url).href;
/** What not every configuration needs. */
const OPTIONAL: readonly string[] = ["better-sqlite3", "ioredis", "pg", "prom-client"];

/** Which of them a gateway has loaded by the time that it was told to stop. */
async function loadedBy(environment: Environment): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-loaded-"));
  const file = join(folder, "packages.json");
  const preloaded = { NODE_OPTIONS: `--import=${LIST_AT_EXIT}`, LOADED_PACKAGES_FILE: file };
  const gateway = await GatewayProcess.create({ ...environment, ...preloaded });
  try {
    await gateway.start();
    expect((await fetch(`${gateway.url}/auth/health/ready`)).status).toBe(200);
    expect(await gateway.kill("SIGTERM")).toBe(0);
    const loaded: readonly string[] = JSON.parse(await readFile(file, "utf8"));
    // A list without what every gateway needs would be of something else.
    expect(loaded).toContain("fastify");
    return OPTIONAL.filter((name) => loaded.includes(name));
  } finally {
    await gateway.dispose();
    await rm(folder, { recursive: true });
  }
}

describe("a gateway loads what its configuration needs, and no other driver:", () => {
  test("SQLite for accounts and sessions", async () => {
    expect(await loadedBy({})).toEqual(["better-sqlite3"]);
  });

  test("SQLite for accounts, and sessions in memory", async () => {
    expect(await loadedBy({ COATCHECK_SESSIONS: "memory:" })).toEqual(["better-sqlite3"]);
  });

  test("metrics", async () => {
    expect(await loadedBy({ COATCHECK_METRICS_PORT: "0" })).toEqual(["better-sqlite3", "prom-client"]);
  });

  describe.skipIf(missingProgram("redis-server", "TEST_REDIS_URL"))("with Redis", () => {
    let redis: ServerForTests;
    beforeAll(async () => {
      redis = await redisForTests();
    });
    afterAll(() => redis.stop());

    test("SQLite for accounts, and Redis for sessions", async () => {
      expect(await loadedBy({ COATCHECK_SESSIONS: redis.url })).toEqual(["better-sqlite3", "ioredis"]);
    });
  });

  describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("with Postgres", () => {
    let postgres: PostgresForTests;
    beforeAll(async () => {
      postgres = await postgresForTests();
    });
    afterAll(() => postgres.stop());

    test("Postgres for accounts and sessions", async () => {
      expect(await loadedBy({ COATCHECK_DATABASE: await postgres.createDatabase() })).toEqual(["pg"]);
    });
  });
});
