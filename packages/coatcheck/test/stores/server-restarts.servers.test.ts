import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { missingProgram, PostgresServer, RedisServer } from "@coatcheck/throwaway-servers";
import { afterEach, describe, expect, test, vi } from "vitest";

const program = fileURLToPath(new URL("./support/documented-application.mjs", import.meta.url));
const SOON = { timeout: 10_000, interval: 50 };

const startRedis = () => RedisServer.start({ arguments: ["--appendonly", "yes", "--appendfsync", "always"] });
const kinds = [
  { kind: "pg", server: "postgres", start: () => PostgresServer.start() },
  { kind: "ioredis", server: "redis-server", start: startRedis },
  { kind: "node-redis", server: "redis-server", start: startRedis },
] as const;

/** The kinds of end that a server has: Postgres says goodbye on SIGINT, and nothing says a word on SIGKILL. */
const ends = ["SIGINT", "SIGKILL"] as const;

describe.each(kinds)("an application that is set up as documented, with $kind", ({ kind, server, start }) => {
  let running: PostgresServer | RedisServer;
  let application: ChildProcess;

  afterEach(async () => {
    application.kill("SIGKILL");
    await running.stop();
  });

  test.skipIf(missingProgram(server)).each(ends)(
    "lives on when its server ends by %s and starts again",
    async (end) => {
      running = await start();
      application = fork(program, [kind, running.url], { silent: true, execArgv: [] });
      let said = "";
      application.stderr?.on("data", (piece) => (said += piece));
      const [ready] = await Promise.race([once(application, "message"), once(application, "exit")]);
      expect(ready, said).toBe("ready");
      expect(await ask()).toBe("authenticated");

      await running.kill(end);
      await vi.waitFor(async () => expect(await ask()).toBe("store_unavailable"), SOON);
      await running.restart();
      await vi.waitFor(async () => expect(await ask()).toBe("authenticated"), SOON);
      expect([application.exitCode, application.signalCode]).toEqual([null, null]);

      async function ask(): Promise<unknown> {
        const answer = once(application, "message");
        application.send("ask");
        const [first] = await Promise.race([answer, once(application, "exit")]);
        return typeof first === "string" ? first : `ended with ${first}: ${said.slice(0, 500)}`;
      }
    },
  );
});
