import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { missingProgram } from "../src/missing-program.ts";
import { RedisServer } from "../src/redis-server.ts";

const BUS_DISTANCE = 10_000;

describe.skipIf(missingProgram("redis-server"))("a port that is taken", () => {
  test("is left for another", async () => {
    drawTwice(0.25);
    const first = await startedNode();
    const second = await startedNode();
    expect(second.port).not.toBe(first.port);
    expect(await second.command("CLUSTER", "MYID")).not.toBe(await first.command("CLUSTER", "MYID"));
  });

  test("is left for another if it is the one between nodes of a cluster", async () => {
    drawTwice(0.75);
    const first = await startedNode();
    await first.stop();
    const other = createServer().listen(first.port + BUS_DISTANCE, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    expect((await startedNode()).port).not.toBe(first.port);
  });

  test("fails a restart, because the server's users know its port", async () => {
    const server = await startedNode();
    await server.kill();
    const other = createServer().listen(server.port, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    await expect(server.restart()).rejects.toThrow(/found its port \d+ taken/);
  });
});

/** Two draws of a port that come out the same; the ones after them are left to chance. */
function drawTwice(value: number): void {
  const random = vi.spyOn(Math, "random").mockReturnValueOnce(value).mockReturnValueOnce(value);
  onTestFinished(() => random.mockRestore());
}

async function startedNode(): Promise<RedisServer> {
  const server = await RedisServer.start({ arguments: ["--cluster-enabled", "yes"] });
  onTestFinished(() => server.stop());
  return server;
}
