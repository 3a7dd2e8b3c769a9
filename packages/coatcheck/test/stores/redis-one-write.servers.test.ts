import { missingProgram, redisForTests, type ServerForTests } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { OneWriteATurn } from "../../src/stores/redis/one-write-a-turn.ts";
import { redisStores } from "./support/redis-stores.ts";

const AT_ONCE = 20;

describe.skipIf(missingProgram("redis-server", "TEST_REDIS_URL"))("what is asked of Redis in one turn", () => {
  let server: ServerForTests;
  let clients: [Redis, Redis];

  beforeAll(async () => {
    server = await redisForTests();
    clients = [new Redis(server.url, ioredisOptions), new Redis(server.url, ioredisOptions)];
  });

  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });

  test("leaves in one piece, before and after the client has connected anew", async () => {
    const { store, close } = await redisStores(() => clients, "own")({ now: Date.now });
    const [client] = clients;
    const askAll = () =>
      Promise.all(Array.from({ length: AT_ONCE }, (_, index) => store.find({ userKey: "u", sessionId: `${index}` })));
    expect(await writesOf(client, askAll)).toEqual({ single: 0, gathered: 1 });

    const again = new Promise((resolve) => client.once("ready", resolve));
    client.disconnect(true);
    await again;
    expect(await writesOf(client, askAll)).toEqual({ single: 0, gathered: 1 });
    close();
  });
});

test("a socket that took another's place within a turn is held and let go as well", async () => {
  const turn = new OneWriteATurn();
  const sockets = [0, 1].map(() => ({ cork: vi.fn(), uncork: vi.fn() }));
  for (const index of [0, 0, 1, 0, 1]) turn.hold(sockets[index]);
  turn.hold(undefined);
  await new Promise(setImmediate);
  for (const { cork, uncork } of sockets) expect(uncork).toHaveBeenCalledTimes(cork.mock.calls.length);
  turn.hold(sockets[1]);
  expect(sockets[1]?.cork).toHaveBeenCalledTimes((sockets[1]?.uncork.mock.calls.length ?? 0) + 1);
});

test("a socket is let go in a test that has timers of its own", async () => {
  vi.useFakeTimers({ toFake: ["setImmediate"] });
  onTestFinished(() => void vi.useRealTimers());
  const socket = { cork: vi.fn(), uncork: vi.fn() };
  new OneWriteATurn().hold(socket);
  vi.useRealTimers();
  await new Promise(setImmediate);
  expect(socket.uncork).toHaveBeenCalledOnce();
});

/** How often the client writes to its socket meanwhile: single pieces, and several at once. */
async function writesOf({ stream }: Redis, run: () => Promise<unknown>) {
  const single = vi.spyOn(stream, "_write");
  const gathered = vi.spyOn(stream, "_writev" as "_write");
  await run();
  return { single: single.mock.calls.length, gathered: gathered.mock.calls.length };
}
