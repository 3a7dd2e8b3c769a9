import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisServer } from "@coatcheck/throwaway-servers";
import { type Served, serveApplication } from "./logged-in.ts";

/** Starts applications by their names beside one Redis, lets `measure` ask them, and stops them all. `flags` are Node's, besides those of all contestants. */
export async function withApplications(
  names: readonly string[],
  measure: (served: readonly Served[]) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-"));
  const redis = await RedisServer.start();
  const served: Served[] = [];
  try {
    const surroundings = { redisUrl: redis.url, folder };
    for (const name of names) served.push(await serveApplication(name, surroundings, flags));
    await measure(served);
  } finally {
    await Promise.all(served.map((each) => each.stop()));
    await redis.stop();
    await rm(folder, { recursive: true });
  }
}
