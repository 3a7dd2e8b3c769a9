import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Load } from "./support/load.ts";
import { RedisNodes } from "./support/redis-node.ts";
import { requireHonest } from "./support/require-honest.ts";

describe.skipIf(missingProgram("redis-server"))("a Redis that writes every change to its disk", () => {
  let server: RedisServer;
  let nodes: RedisNodes;

  beforeEach(async () => {
    server = await RedisServer.start({ arguments: ["--appendonly", "yes", "--appendfsync", "always"] });
    nodes = await RedisNodes.open(() => new Redis(server.url, ioredisOptions));
  });

  afterEach(async () => {
    nodes.close();
    await server.stop();
  });

  test("killed and started again, it has lost nothing that was acknowledged, and no session comes back", async () => {
    const load = new Load(nodes);
    for (let crashes = 0; crashes < 3; crashes++) {
      await load.progress();
      await server.kill();
      await server.restart();
    }
    await load.progress();
    const history = await load.stop();
    expect(history.failed).not.toEqual([]);
    await requireHonest(history, nodes);
  });
});
