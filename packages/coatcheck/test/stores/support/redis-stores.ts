import { randomBytes } from "node:crypto";
import { type RedisClient, RedisSessionStore } from "coatcheck/stores/redis";
import type { CreateStore } from "coatcheck/testing";

/** The contract is about what a store answers. A slow machine must not decide it. */
const PATIENT_DEADLINE_MILLISECONDS = 20_000;

/** Two stores on one server, each with a client of its own, as two processes would have them. Each test has a prefix. */
export function redisStores(clients: () => readonly [RedisClient, RedisClient], clock: "given" | "own"): CreateStore {
  return async (testClock) => {
    const prefix = `${randomBytes(6).toString("hex")}:`;
    const [store, peer] = await Promise.all(
      clients().map((client) =>
        RedisSessionStore.open({
          client,
          prefix,
          deadlineMilliseconds: PATIENT_DEADLINE_MILLISECONDS,
          ...(clock === "given" ? { testClock } : {}),
        }),
      ),
    );
    if (store === undefined || peer === undefined) throw new Error("Two clients make two stores.");
    return {
      store,
      peer,
      async close() {
        for (const opened of [store, peer]) opened.close();
      },
    };
  };
}

/** The servers that a URL of a cluster or of Sentinels names. */
export function addressesIn(url: string): readonly { readonly host: string; readonly port: number }[] {
  const [, hosts = ""] = /^[a-z-]+:\/\/([^/]+)/.exec(url) ?? [];
  return hosts.split(",").map((each) => {
    const [host = "", port = ""] = each.split(":");
    return { host, port: Number(port) };
  });
}
