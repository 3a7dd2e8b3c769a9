import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Load } from "./support/load.ts";
import { logIn } from "./support/log-in.ts";
import { RedisNodes } from "./support/redis-node.ts";
import { requireHonest } from "./support/require-honest.ts";

const FIVE_MINUTES = 300_000;

describe.skipIf(missingProgram("redis-server"))("nodes whose clocks are five minutes slow and five fast", () => {
  let server: RedisServer;
  let nodes: RedisNodes;

  beforeEach(async () => {
    server = await RedisServer.start();
    const slow = { clock: { now: () => Date.now() - FIVE_MINUTES } };
    const fast = { clock: { now: () => Date.now() + FIVE_MINUTES } };
    nodes = await RedisNodes.open(() => new Redis(server.url, ioredisOptions), slow, fast);
  });

  afterEach(async () => {
    nodes.close();
    await server.stop();
  });

  test("under load, no call fails, nothing acknowledged is lost and no session comes back", async () => {
    const load = new Load(nodes);
    await load.progress(100);
    const history = await load.stop();
    expect(history.failed).toEqual([]);
    await requireHonest(history, nodes);
  });

  test("a login may begin at one and end at the other, and a revoke-all in between refuses it", async () => {
    const { first: slow, second: fast } = nodes;
    for (const [first, second] of [
      [slow, fast],
      [fast, slow],
    ] as const) {
      const begun = await first.manager.begin("ada");
      expect(await second.manager.login(begun)).toMatchObject({ outcome: "logged_in" });
      const overtaken = await first.manager.begin("ada");
      expect(await second.manager.revokeAll("ada")).toBe(1);
      expect(await first.manager.login(overtaken)).toEqual({ outcome: "login_overtaken" });
    }
  });

  test("a removed session leaves its tombstone, by whichever clock it began", async () => {
    for (const node of nodes.all) {
      const { authentication } = await logIn(node.manager, "ada");
      const { id } = authentication.session;
      await node.manager.logout(authentication);
      const [key = ""] = (await server.command("KEYS", "coatcheck:*")).trim().split("\n");
      expect((await server.command("HEXISTS", key, `~${id}`)).trim()).toBe("1");
    }
  });
});
