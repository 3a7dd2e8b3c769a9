import { setImmediate } from "node:timers/promises";
import type { KnownDevices } from "../../accounts/throttling/known-devices.ts";
import type { LoginThrottle } from "../../accounts/throttling/login-throttle.ts";
import type { AccessStore } from "../../passes/access-store.ts";

interface Parts {
  readonly throttle: LoginThrottle;
  readonly devices: KnownDevices;
  readonly access: AccessStore;
}

/** Removes the rows that are expired or forgiven, `batch` at a time. */
export async function removeExpired({ throttle, devices, access }: Parts, batch: number): Promise<void> {
  await inBatches(batch, (limit) => throttle.removeForgiven(limit));
  await inBatches(batch, (limit) => devices.removeExpired(limit));
  await inBatches(batch, (limit) => access.removeExpired(limit));
}

async function inBatches(batch: number, remove: (limit: number) => Promise<number>): Promise<void> {
  // Lets the event loop turn in between, for the requests that arrived meanwhile.
  while ((await remove(batch)) >= batch) await setImmediate();
}
