import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { isFreePort } from "../src/free-port.ts";
import { missingProgram } from "../src/missing-program.ts";
import { waitUntil } from "../src/wait-until.ts";

/** Starts servers, says which, forgets to stop them, and has nothing to do once its standard input ends. */
const RUNNER = `
import { PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { dirname } from "node:path";

const [redis, paused, postgres] = await Promise.all([RedisServer.start(), RedisServer.start(), PostgresServer.start()]);
paused.pause();
postgres.pause();
console.log(JSON.stringify({ folder: dirname(redis.folder), ports: [redis.port, paused.port, postgres.port] }));
process.stdin.resume();
`;

describe.skipIf(missingProgram("redis-server") || missingProgram("postgres"))("a runner that is gone", () => {
  test.each<[string, (runner: ChildProcess) => void]>([
    ["ended", (runner) => runner.stdin?.end()],
    ["was asked to end", (runner) => runner.kill("SIGTERM")],
    ["was killed", (runner) => runner.kill("SIGKILL")],
  ])("leaves no server and no folder: it %s", async (_, end) => {
    const runner = spawn(process.execPath, ["--input-type=module", "--eval", RUNNER], {
      cwd: import.meta.dirname,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(runner.stdout), "line");
    const { folder, ports } = JSON.parse(line);
    expect(existsSync(folder)).toBe(true);
    const exit = once(runner, "exit");
    end(runner);
    await exit;
    await waitUntil("the folder to be gone", async () => !existsSync(folder));
    await waitUntil("the ports to be free", async () => (await Promise.all(ports.map(isFreePort))).every(Boolean));
  });
});
