import { missingProgram, RedisCluster, type RedisServer } from "@coatcheck/throwaway-servers";
import type { SessionManager } from "coatcheck";
import { ioredisClusterOptions } from "coatcheck/stores/redis";
import { Cluster } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Load } from "./support/load.ts";
import { logIn } from "./support/log-in.ts";
import { RedisNodes } from "./support/redis-node.ts";
import { requireHonest } from "./support/require-honest.ts";

/** On a busy machine a vote for a new master fails, and the next one comes seconds later. */
const FAILOVER_MILLISECONDS = 60_000;

/** A user, and the slot and the master of what is kept of them. */
interface Placement {
  readonly userId: string;
  readonly key: string;
  readonly slot: string;
  readonly master: RedisServer;
}

describe.skipIf(missingProgram("redis-server"))("a Redis Cluster", { timeout: 3 * FAILOVER_MILLISECONDS }, () => {
  let cluster: RedisCluster;
  let nodes: RedisNodes;

  beforeEach(async () => {
    // Or else a master that is gone would stop the others, until it is replaced.
    cluster = await RedisCluster.start({ arguments: ["--cluster-require-full-coverage", "no"] });
    nodes = await RedisNodes.open(() => new Cluster([...cluster.addresses], ioredisClusterOptions));
  });

  afterEach(async () => {
    nodes.close();
    await cluster.stop();
  });

  async function keysOf(server: RedisServer): Promise<readonly string[]> {
    return (await server.command("KEYS", "coatcheck:*")).split("\n").filter((key) => key !== "");
  }

  async function placementsOf(manager: SessionManager): Promise<readonly Placement[]> {
    const placements: Placement[] = [];
    const known = new Set<string>();
    for (let index = 0; index < 12; index++) {
      const userId = `placed-${index}`;
      await logIn(manager, userId);
      for (const master of await cluster.masters()) {
        const key = (await keysOf(master)).find((each) => !known.has(each));
        if (key === undefined) continue;
        known.add(key);
        placements.push({ userId, key, slot: (await master.command("CLUSTER", "KEYSLOT", key)).trim(), master });
      }
    }
    return placements;
  }

  test(
    "serves the other slots while a killed master is replaced, and then its slots again",
    async () => {
      const { manager } = nodes.first;
      const placements = await placementsOf(manager);
      const [{ master: killed }] = placements as [Placement];
      const here = placements.filter(({ master }) => master === killed).map(({ userId }) => userId);
      const elsewhere = placements.filter(({ master }) => master !== killed).map(({ userId }) => userId);
      expect(elsewhere).not.toEqual([]);

      const load = new Load(nodes);
      await load.progress();
      await killed.kill();
      let rounds = 0;
      let isBack = false;
      while (!isBack) {
        for (const userId of elsewhere) await logIn(manager, userId);
        rounds += 1;
        const logins = await Promise.allSettled(here.map((userId) => logIn(manager, userId)));
        isBack = logins.every(({ status }) => status === "fulfilled");
      }
      expect(rounds).toBeGreaterThan(1);
      await load.progress();
      const history = await load.stop();
      expect(history.failed).not.toEqual([]);
      await requireHonest(history, nodes, { lastWritesLost: true });
    },
    FAILOVER_MILLISECONDS * 2,
  );

  test("loses nothing while slots move from server to server under load", async () => {
    const masters = await cluster.masters();
    const load = new Load(nodes);
    await load.progress();
    const ids = await Promise.all(masters.map(async (one) => (await one.command("CLUSTER", "MYID")).trim()));
    const keys = await Promise.all(masters.map(keysOf));
    for (const [index, source] of masters.entries()) {
      const targetIndex = (index + 1) % masters.length;
      const target = masters[targetIndex] as RedisServer;
      for (const key of keys[index] ?? []) {
        const slot = (await source.command("CLUSTER", "KEYSLOT", key)).trim();
        await target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", String(ids[index]));
        await source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", String(ids[targetIndex]));
        await target.command("SCRIPT", "FLUSH");
        await source.command("MIGRATE", "127.0.0.1", String(target.port), key, "0", "5000");
        // From here on the old server redirects requests for the key to the new one, which knows no script.
        await load.progress(2);
        for (const one of [target, source]) {
          await one.command("CLUSTER", "SETSLOT", slot, "NODE", String(ids[targetIndex]));
        }
      }
    }
    await load.progress();
    const history = await load.stop();
    expect(history.failed).toEqual([]);
    await requireHonest(history, nodes);
    for (const [index, master] of masters.entries()) {
      const before = keys[index] ?? [];
      expect(before).not.toEqual([]);
      const after = await keysOf(master);
      expect(before.filter((key) => after.includes(key))).toEqual([]);
    }
  });

  test("reports the channel of a killed server as interrupted, and hears again from another one", async () => {
    const { first: revoker, second: hearer } = nodes;
    const heard: string[] = [];
    hearer.store.subscribe(({ sessionId }) => heard.push(sessionId));
    await vi.waitFor(() => expect(hearer.channel).toEqual(["open"]), { timeout: 15_000 });
    const [killed] = await cluster.masters();
    await killed?.kill();
    await vi.waitFor(
      async () => {
        const { authentication } = await logIn(revoker.manager, "ada");
        await revoker.manager.logout(authentication);
        await vi.waitFor(() => expect(heard).toContain(authentication.session.id), { timeout: 500 });
        expect(hearer.channel).toContain("interrupted");
        expect(hearer.channel.at(-1)).toBe("open");
      },
      { timeout: FAILOVER_MILLISECONDS },
    );
  });
});
