import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { describe, expect, onTestFinished, test } from "vitest";
import { waitUntil } from "../src/wait-until.ts";
import { isStopped } from "./support/is-stopped.ts";

describe.skipIf(missingProgram("redis-server"))("RedisServer", () => {
  test("answers commands, and throws what Redis refuses", async () => {
    const server = await started();
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
    expect(await server.command("SET", "greeting", "good day")).toBe("OK");
    expect(await server.command("GET", "greeting")).toBe("good day");
    await expect(server.command("INCR", "greeting")).rejects.toThrow("not an integer");
  });

  test("forgets everything when it is killed", async () => {
    const server = await started();
    await server.command("SET", "greeting", "good day");
    await server.kill();
    await expect(server.command("PING")).rejects.toThrow("Connection refused");
    await server.restart();
    expect(await server.command("GET", "greeting")).toBe("");
  });

  test("keeps port, folder and what was flushed, if its arguments say so", async () => {
    const server = await started(["--appendonly", "yes", "--appendfsync", "always"]);
    const { port, folder } = server;
    await server.command("SET", "greeting", "good day");
    await server.kill();
    await server.restart();
    expect(server).toMatchObject({ port, folder });
    expect(await server.command("GET", "greeting")).toBe("good day");
  });

  test("answers nothing while it is paused", async () => {
    const server = await started();
    server.pause();
    expect(server.answers).toBe(false);
    await waitUntil("the process to stop", async () => isStopped(processId(server)));
    server.resume();
    expect(server.answers).toBe(true);
    expect(await server.command("PING")).toBe("PONG");
  });

  test("can be killed while it is paused", async () => {
    const server = await started();
    server.pause();
    await server.kill();
    await server.restart();
    expect(await server.command("PING")).toBe("PONG");
  });

  test("leaves no folder", async () => {
    const server = await started();
    expect(existsSync(server.folder)).toBe(true);
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
  });

  test("says what its log says when it does not start", async () => {
    await expect(started(["--maxmemory-policy", "whatever"])).rejects.toThrow(
      /redis-server ended before it was ready[\s\S]*maxmemory-policy/,
    );
  });

  test("two of them have nothing in common", async () => {
    const [one, other] = await Promise.all([started(), started()]);
    await one.command("SET", "greeting", "good day");
    expect(await other.command("DBSIZE")).toBe("0");
  });
});

function processId(server: RedisServer): number {
  return Number.parseInt(readFileSync(join(server.folder, "server.pid"), "utf8"), 10);
}

async function started(given: readonly string[] = []): Promise<RedisServer> {
  const server = await RedisServer.start({ arguments: given });
  onTestFinished(() => server.stop());
  return server;
}
