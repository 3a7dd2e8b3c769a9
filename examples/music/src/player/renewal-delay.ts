/** So long before its end a pass is exchanged; one that lives shorter than twice that, halfway. */
const AHEAD_MILLISECONDS = 30_000;

/** When to ask for the next pass, from when this one was given. Both in milliseconds. */
export function renewalDelay(lifetime: number): number {
  return Math.max(lifetime / 2, lifetime - AHEAD_MILLISECONDS);
}
