import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort, missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const application = path.join(import.meta.dirname, "next-application");
const next = path.join(import.meta.dirname, "../../../../node_modules/next/dist/bin/next");
const noPostgres = missingProgram("postgres", "TEST_POSTGRES_URL");

describe("a Next.js application, as `next build` makes it", () => {
  let folder: string;
  let postgres: PostgresForTests | null = null;
  let server: ChildProcess;
  let url: string;
  let output = "";

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "coatcheck-next-"));
    postgres = noPostgres ? null : await postgresForTests();
    url = `http://localhost:${await freePort()}`;
    const env = {
      ...process.env,
      NODE_ENV: "production" as const,
      // It asks the network for nothing.
      NEXT_TELEMETRY_DISABLED: "1",
      NEXT_IGNORE_INCORRECT_LOCKFILE: "1",
      ORIGIN: url,
      SQLITE_FILE: path.join(folder, "sessions.db"),
      POSTGRES_URL: (await postgres?.createDatabase()) ?? "",
    };
    await run(process.execPath, [next, "build"], { cwd: application, env });
    server = spawn(process.execPath, [next, "start", "--port", new URL(url).port], { cwd: application, env });
    server.stdout?.on("data", (piece) => (output += piece));
    server.stderr?.on("data", (piece) => (output += piece));
    await untilReady();
  }, 180_000);

  afterAll(async () => {
    if (server !== undefined && server.exitCode === null) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(path.join(application, ".next"), { recursive: true, force: true });
  });

  async function untilReady(): Promise<void> {
    while (!output.includes("Ready in")) {
      if (server.exitCode !== null) throw new Error(output);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Logs in by a route handler, and returns what a server component says of the browser then. */
  async function whoIsOnThePage(store: string): Promise<string | undefined> {
    const login = await fetch(`${url}/api/${store}/login`, { method: "POST", headers: { "x-csrf": "1" } });
    expect([login.status, await login.json()]).toEqual([200, { id: "42" }]);
    const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const page = await (await fetch(`${url}/${store}`, { headers: { cookie } })).text();
    return /<p>(.*?)<\/p>/.exec(page)?.[1];
  }

  test("keeps sessions in SQLite", async () => {
    expect(await whoIsOnThePage("sqlite")).toBe("user 42");
  });

  test.skipIf(noPostgres)("keeps sessions in Postgres", async () => {
    expect(await whoIsOnThePage("postgres")).toBe("user 42");
  });

  test("knows on a page who logged in by a route, with sessions in memory that are there once", async () => {
    expect(await whoIsOnThePage("memory")).toBe("user 42");
  });

  test("is told why the page shows no user, where each evaluation of the module made a memory store of its own", async () => {
    expect(await whoIsOnThePage("doubled-memory")).toBe("nobody");
    expect(output).toContain("oncePerProcess");
  });
});
