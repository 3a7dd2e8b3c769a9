import { missingProgram, RedisSentinels } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../src/wait-until.ts";

describe.skipIf(missingProgram("redis-server"))("RedisSentinels", () => {
  let sentinels: RedisSentinels;

  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
  });

  afterAll(() => sentinels?.stop());

  test("has a master and a replica that has what the master has", async () => {
    const [master, replica] = sentinels.servers;
    expect(await sentinels.master()).toBe(master);
    await master?.command("SET", "greeting", "good day");
    await master?.command("WAIT", "1", "0");
    expect(await replica?.command("GET", "greeting")).toBe("good day");
  });

  test("names its Sentinels", () => {
    const hosts = sentinels.addresses.map(({ host, port }) => `${host}:${port}`);
    expect(hosts).toHaveLength(3);
    expect(sentinels.url).toBe(`redis-sentinel://${hosts.join(",")}/${sentinels.masterName}`);
  });

  test("the replica takes the place of a master that was killed", async () => {
    const killed = await sentinels.master();
    await killed.kill();
    await waitUntil("another master", async () => (await sentinels.master()) !== killed);
    expect(await (await sentinels.master()).command("ROLE")).toMatch(/^master/);
  });
});
