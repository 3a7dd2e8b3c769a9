import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 50;
const TIMEOUT_MILLISECONDS = 30_000;

/** Asks again and again until the answer is yes. What is thrown, by a server that is not that far, counts as a no. */
export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MILLISECONDS;
  let fault: unknown;
  while (performance.now() < deadline) {
    try {
      if (await condition()) return;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Waited in vain for ${what}.`, { cause: fault });
}
