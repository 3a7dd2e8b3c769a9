import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Load } from "./support/load.ts";
import { logIn } from "./support/log-in.ts";
import { RedisNodes } from "./support/redis-node.ts";
import { requireHonest } from "./support/require-honest.ts";

const STORE_UNAVAILABLE = { code: "store_unavailable" };
const DEADLINE_MILLISECONDS = 500;
const MAXIMUM_IN_FLIGHT = 50;
/** What a timer may be late on a busy machine. */
const TOLERANCE_MILLISECONDS = 400;

describe.skipIf(missingProgram("redis-server"))("a Redis that hangs, its connections open", () => {
  let server: RedisServer;
  let nodes: RedisNodes;

  beforeEach(async () => {
    server = await RedisServer.start();
    nodes = await RedisNodes.open(() => new Redis(server.url, ioredisOptions), {
      deadlineMilliseconds: DEADLINE_MILLISECONDS,
      maximumInFlight: MAXIMUM_IN_FLIGHT,
    });
  });

  afterEach(async () => {
    nodes.close();
    await server.stop();
  });

  test("every call fails by its deadline, one too many at once, and all works when Redis does", async () => {
    const { manager } = nodes.first;
    server.pause();
    const calls = Array.from({ length: MAXIMUM_IN_FLIGHT }, () => timed(() => manager.begin("ada")));
    const oneTooMany = await timed(() => manager.begin("ada"));
    expect(oneTooMany.fault).toMatchObject(STORE_UNAVAILABLE);
    expect(oneTooMany.milliseconds).toBeLessThan(DEADLINE_MILLISECONDS / 2);
    for (const { fault, milliseconds } of await Promise.all(calls)) {
      expect(fault).toMatchObject(STORE_UNAVAILABLE);
      expect(milliseconds).toBeLessThan(DEADLINE_MILLISECONDS + TOLERANCE_MILLISECONDS);
    }
    server.resume();
    await vi.waitFor(() => logIn(manager, "ada"), { timeout: 5_000 });
    const ended = await manager.revokeAll("ada");
    expect(ended).toBe(1);
  });

  test("the channel says that it was interrupted, and then that it is open, and removals are heard again", async () => {
    const { manager } = nodes.first;
    const { store, channel } = nodes.second;
    await vi.waitFor(() => expect(channel).toEqual(["open"]), { timeout: 15_000 });
    server.pause();
    await vi.waitFor(() => expect(channel).toEqual(["open", "interrupted"]), { timeout: 8_000 });
    server.resume();
    await vi.waitFor(() => expect(channel).toEqual(["open", "interrupted", "open"]), { timeout: 8_000 });

    const heard: string[] = [];
    store.subscribe(({ sessionId }) => heard.push(sessionId));
    const { authentication } = await vi.waitFor(() => logIn(manager, "ada"), { timeout: 5_000 });
    await manager.logout(authentication);
    await vi.waitFor(() => expect(heard).toEqual([authentication.session.id]), { timeout: 15_000 });
  });

  test("under load, what fails fails honestly, and nothing acknowledged is lost", async () => {
    const load = new Load(nodes);
    await load.progress();
    server.pause();
    await load.failures(20);
    await vi.waitFor(
      () => expect(nodes.all.map(({ channel }) => channel.at(-1))).toEqual(["interrupted", "interrupted"]),
      {
        timeout: 8_000,
      },
    );
    server.resume();
    await load.progress();
    const history = await load.stop();
    expect(history.failed).not.toEqual([]);
    await requireHonest(history, nodes);
  });
});

async function timed(call: () => Promise<unknown>) {
  const startedAt = performance.now();
  const fault = await call().then(
    () => null,
    (error: unknown) => error,
  );
  return { fault, milliseconds: performance.now() - startedAt };
}
