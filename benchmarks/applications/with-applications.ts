import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisServer } from "@coatcheck/throwaway-servers";
import type { StartOptions } from "../http/served-process.ts";
import { type Served, serveApplication } from "./logged-in.ts";

/** An application by its name, and how its process is started. */
export interface Wanted extends StartOptions {
  readonly name: string;
}

/** Starts applications beside one Redis, lets `measure` ask them, and stops them all. */
export async function withApplications(
  wanted: readonly Wanted[],
  measure: (served: readonly Served[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-"));
  const redis = await RedisServer.start();
  const served: Served[] = [];
  try {
    const surroundings = { redisUrl: redis.url, folder };
    for (const { name, ...options } of wanted) served.push(await serveApplication(name, surroundings, options));
    await measure(served);
  } finally {
    await Promise.all(served.map((each) => each.stop()));
    await redis.stop();
    await rm(folder, { recursive: true });
  }
}
