import { missingProgram, RedisCluster } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../src/wait-until.ts";

describe.skipIf(missingProgram("redis-server"))("RedisCluster", () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await RedisCluster.start();
  });

  afterAll(() => cluster?.stop());

  test("has three masters with a replica each, and all slots", async () => {
    expect(cluster.nodes).toHaveLength(6);
    expect(await cluster.masters()).toHaveLength(3);
    for (const node of cluster.nodes) {
      const state = await node.command("CLUSTER", "INFO");
      expect(state).toContain("cluster_state:ok");
      expect(state).toContain("cluster_slots_ok:16384");
    }
    for (const master of await cluster.masters()) {
      expect(await master.command("INFO", "replication")).toMatch(/connected_slaves:1\r?\n.*state=online/);
    }
  });

  test("names its nodes", () => {
    const hosts = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
    expect(cluster.url).toBe(`redis-cluster://${hosts.join(",")}`);
    expect(cluster.addresses.map(({ host, port }) => `${host}:${port}`)).toEqual(hosts);
  });

  test("a replica takes the place of a master that was killed", async () => {
    const [killed] = await cluster.masters();
    await killed?.kill();
    await waitUntil("three masters without that one", async () => {
      const masters = await cluster.masters();
      return masters.length === 3 && masters.every((master) => master !== killed);
    });
    await killed?.restart();
    await waitUntil("it to follow", async () => (await killed?.command("ROLE"))?.startsWith("slave") ?? false);
  });
});
