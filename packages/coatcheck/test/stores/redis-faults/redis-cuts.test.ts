import { setTimeout as pause } from "node:timers/promises";
import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Load } from "./support/load.ts";
import { logIn } from "./support/log-in.ts";
import { RedisNodes } from "./support/redis-node.ts";
import { requireHonest } from "./support/require-honest.ts";

const CUTS = 12;
/** Long enough for a client to come back and be cut off in the middle of its work. */
const BETWEEN_CUTS_MILLISECONDS = 150;

describe.skipIf(missingProgram("redis-server"))("a Redis whose connections are cut under load", () => {
  let server: RedisServer;
  let nodes: RedisNodes;

  beforeEach(async () => {
    server = await RedisServer.start();
    nodes = await RedisNodes.open(() => new Redis(server.url, ioredisOptions));
  });

  afterEach(async () => {
    nodes.close();
    await server.stop();
  });

  test("what fails fails honestly, and the clients come back each time", async () => {
    const load = new Load(nodes);
    await load.progress();
    for (let cuts = 0; cuts < CUTS; cuts++) {
      await server.command("CLIENT", "KILL", "TYPE", "normal");
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      await pause(BETWEEN_CUTS_MILLISECONDS);
    }
    await load.progress();
    const history = await load.stop();
    expect(history.failed).not.toEqual([]);
    await requireHonest(history, nodes);
  });

  test("every gap of the channel is reported, and a removal after it is heard", async () => {
    const { first: revoker, second: hearer } = nodes;
    const heard: string[] = [];
    hearer.store.subscribe(({ sessionId }) => heard.push(sessionId));
    await vi.waitFor(() => expect(hearer.channel).toEqual(["open"]), { timeout: 15_000 });
    for (let cuts = 1; cuts <= 3; cuts++) {
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      const gaps = Array.from({ length: cuts }, () => ["interrupted", "open"]).flat();
      await vi.waitFor(() => expect(hearer.channel).toEqual(["open", ...gaps]), { timeout: 15_000 });
      const { authentication } = await logIn(revoker.manager, "ada");
      await revoker.manager.logout(authentication);
      await vi.waitFor(() => expect(heard.at(-1)).toBe(authentication.session.id), { timeout: 15_000 });
    }
  });

  test("a Redis that forgets its scripts again and again fails no call", async () => {
    const load = new Load(nodes);
    await load.progress();
    for (let flushes = 0; flushes < CUTS; flushes++) {
      await server.command("SCRIPT", "FLUSH");
      await load.progress(5);
    }
    const history = await load.stop();
    expect(history.failed).toEqual([]);
    await requireHonest(history, nodes);
  });
});
