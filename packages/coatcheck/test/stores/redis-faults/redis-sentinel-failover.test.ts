import { once } from "node:events";
import { missingProgram, RedisSentinels, type RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ioredisConnection } from "../../../src/stores/redis/ioredis-connection.ts";
import { Load } from "./support/load.ts";
import { logIn } from "./support/log-in.ts";
import { RedisNodes } from "./support/redis-node.ts";
import { requireHonest } from "./support/require-honest.ts";

/** On a busy machine a vote for a new master fails, and the next one comes seconds later. */
const FAILOVER_MILLISECONDS = 60_000;

describe.skipIf(missingProgram("redis-server"))(
  "a Redis behind Sentinel whose master is gone",
  { timeout: 3 * FAILOVER_MILLISECONDS },
  () => {
    let sentinels: RedisSentinels;
    let nodes: RedisNodes;
    const newClient = () =>
      new Redis({ sentinels: [...sentinels.addresses], name: sentinels.masterName, ...ioredisOptions });

    beforeEach(async () => {
      sentinels = await RedisSentinels.start();
      nodes = await RedisNodes.open(newClient);
    });

    afterEach(async () => {
      nodes.close();
      await sentinels.stop();
    });

    test("under load, the nodes go on with the new one, and what they ended stays ended", async () => {
      const load = new Load(nodes);
      await load.progress();
      const [master] = sentinels.servers;
      await master?.kill();
      await load.progress();
      const history = await load.stop();
      expect(await sentinels.master()).not.toBe(master);
      expect(history.failed).not.toEqual([]);
      await requireHonest(history, nodes, { lastWritesLost: true });
    });

    test("a client that is connecting is left to it, since ioredis would end one that is told to connect anew", async () => {
      const client = newClient();
      client.on("error", () => {});
      const outcome = Promise.race([once(client, "ready").then(() => "ready"), once(client, "end").then(() => "end")]);
      expect(client.status).toBe("connecting");
      ioredisConnection(client).reconnect();
      expect(await outcome).toBe("ready");
      const again = once(client, "ready");
      ioredisConnection(client).reconnect();
      await again;
      client.disconnect();
    });

    test("after one that hung comes back too late, what the nodes ended stays ended", async () => {
      const load = new Load(nodes);
      await load.progress();
      const [master] = sentinels.servers;
      master?.pause();
      await vi.waitFor(async () => expect(await sentinels.master()).not.toBe(master), {
        timeout: FAILOVER_MILLISECONDS,
      });
      master?.resume();
      await load.progress();
      const history = await load.stop();
      expect(history.failed).not.toEqual([]);
      await requireHonest(history, nodes, { lastWritesLost: true });
    });

    test("a session that it ended stays refused although the new one has it, which then loses it too", async () => {
      const [master, replica] = sentinels.servers as [RedisServer, RedisServer];
      const { manager } = nodes.first;
      const { token, authentication } = await logIn(manager, "ada");
      const { id } = authentication.session;
      const [key = ""] = (await master.command("KEYS", "coatcheck:*")).trim().split("\n");
      const has = async (server: RedisServer) => (await server.command("HEXISTS", key, id)).trim() === "1";
      await vi.waitFor(async () => expect(await has(replica)).toBe(true), { timeout: 15_000 });
      await vi.waitFor(() => expect(nodes.all.map(({ channel }) => channel)).toEqual([["open"], ["open"]]), {
        timeout: 15_000,
      });

      replica.pause();
      // What it was sent already would still reach it, and so would what came over this connection.
      await master.command("CLIENT", "KILL", "TYPE", "replica");
      await manager.revoke("ada", id);
      await vi.waitFor(
        async () => expect((await nodes.second.manager.authenticate(token)).status).toBe("unauthenticated"),
        { timeout: 15_000 },
      );
      await master.kill();
      replica.resume();
      expect(await has(replica)).toBe(true);

      const statuses = new Set<string>();
      await vi.waitFor(
        async () => {
          for (const node of nodes.all) statuses.add((await node.manager.authenticate(token)).status);
          expect(await has(replica)).toBe(false);
        },
        { timeout: FAILOVER_MILLISECONDS },
      );
      expect(statuses).toEqual(new Set(["unauthenticated"]));
      const newcomer = await nodes.join();
      expect(await newcomer.manager.authenticate(token)).toMatchObject({ status: "unauthenticated" });
    });
  },
);
