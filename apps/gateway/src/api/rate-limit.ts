import type { Clock, Timestamp } from "coatcheck";

/**
 * RateLimit allows a number of uses per key within a sliding window. It counts in this process alone, which is enough
 * for its only purpose: to keep one client from overloading the store.
 */
export class RateLimit {
  readonly #maximum: number;
  readonly #windowMilliseconds: number;
  readonly #clock: Clock;
  readonly #usesByKey = new Map<string, Timestamp[]>();

  constructor(options: { readonly maximum: number; readonly windowSeconds: number; readonly clock: Clock }) {
    this.#maximum = options.maximum;
    this.#windowMilliseconds = options.windowSeconds * 1_000;
    this.#clock = options.clock;
  }

  /** Counts a use and returns null, or returns the number of seconds until the next use is allowed. */
  use(key: string): number | null {
    const now = this.#clock.now();
    this.#forgetOldKeys(now);
    const uses = (this.#usesByKey.get(key) ?? []).filter((usedAt) => now - usedAt < this.#windowMilliseconds);
    const oldest = uses[0];
    if (oldest !== undefined && uses.length >= this.#maximum) {
      return Math.max(1, Math.ceil((oldest + this.#windowMilliseconds - now) / 1_000));
    }
    // Re-inserted at the end: the map stays in the order of last use.
    this.#usesByKey.delete(key);
    this.#usesByKey.set(key, [...uses, now]);
    return null;
  }

  #forgetOldKeys(now: Timestamp): void {
    for (const [key, uses] of this.#usesByKey) {
      if (now - (uses.at(-1) ?? 0) < this.#windowMilliseconds) return;
      this.#usesByKey.delete(key);
    }
  }
}
