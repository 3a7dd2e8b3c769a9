import { missingProgram, RedisSentinels } from "@coatcheck/throwaway-servers";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";

/** A client that looks for its primary for as long as it takes, and the connections that were made from it to listen. */
class WatchedRedis extends Redis {
  readonly duplicates: Redis[] = [];

  override duplicate(...parameters: Parameters<Redis["duplicate"]>): Redis {
    const listener = super.duplicate(...parameters);
    this.duplicates.push(listener);
    return listener;
  }
}

describe.skipIf(missingProgram("redis-server"))("while all Sentinels are away", () => {
  test("no opening of the removal channel stays behind", async () => {
    const sentinels = await RedisSentinels.start();
    const client = new WatchedRedis({
      sentinels: [...sentinels.addresses],
      name: sentinels.masterName,
      ...ioredisOptions,
      sentinelRetryStrategy: () => 50,
    });
    client.on("error", () => {});
    onTestFinished(() => client.disconnect());
    const store = await RedisSessionStore.open({ client });
    onTestFinished(store.subscribe(() => {}));
    await sentinels.stop();

    const known = client.duplicates.length;
    await expect.poll(() => client.duplicates.length, { timeout: 50_000 }).toBeGreaterThan(known + 4);
    const before = client.duplicates.slice(0, -1);
    await expect.poll(() => before.filter(({ status }) => status !== "end").length).toBe(0);
  });
});
