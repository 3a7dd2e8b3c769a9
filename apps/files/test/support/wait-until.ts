import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 20;
const TIMEOUT_MILLISECONDS = 20_000;

/** Asks again and again until the answer is yes. */
export async function waitUntil(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline) {
    if (await condition()) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Waited in vain for ${what}.`);
}
