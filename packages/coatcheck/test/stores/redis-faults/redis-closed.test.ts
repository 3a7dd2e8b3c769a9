import { setTimeout as pause } from "node:timers/promises";
import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { createClient } from "@redis/client";
import { SessionManager } from "coatcheck";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const DEADLINE_MILLISECONDS = 200;

describe.skipIf(missingProgram("redis-server"))("an application that shuts down while Redis hangs", () => {
  let server: RedisServer;
  let client: ReturnType<typeof createClient>;
  let store: RedisSessionStore;
  let underWay: Promise<unknown>;

  beforeEach(async () => {
    server = await RedisServer.start();
    client = createClient({ url: server.url, disableOfflineQueue: true });
    await client.connect();
    store = await RedisSessionStore.open({ client, deadlineMilliseconds: DEADLINE_MILLISECONDS });
    const sessions = new SessionManager({ store });
    server.pause();
    underWay = sessions.begin("ada").catch((error: unknown) => error);
  });

  afterEach(async () => {
    client.on("error", () => {});
    client.destroy();
    await server.stop();
  });

  test("is not kept running by a client that connects again after it was closed", async () => {
    client.on("error", () => {});
    // It waits for the answers that are due, and takes no more.
    void client.close();
    expect(await underWay).toMatchObject({ code: "store_unavailable" });
    await pause(DEADLINE_MILLISECONDS);
    expect(client.isOpen).toBe(false);
  });

  test("has its own client as it was, once the store is closed", async () => {
    const connected: string[] = [];
    for (const event of ["reconnecting", "end", "connect"] as const) client.on(event, () => connected.push(event));
    client.on("error", () => connected.push("error"));
    store.close();
    expect(await underWay).toMatchObject({ code: "store_unavailable" });
    await pause(DEADLINE_MILLISECONDS);
    expect(connected).toEqual([]);
  });
});
