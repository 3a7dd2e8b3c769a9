import type { ClockCheck } from "./clock-check.ts";
import type { SessionStore } from "./session-store.ts";

/** The key of no user: it has the length of a key and says what it is for. */
const PROBED_USER_KEY = "is-the-server-ready-";
/** A result is kept so long, however many callers ask: the write may wait for the disk. */
const HELD_MILLISECONDS = 1_000;

/** StoreReadiness asks the store for everything that a login and a logout need from it, at most once a second. */
export class StoreReadiness {
  readonly #store: SessionStore;
  readonly #clocks: ClockCheck;
  #latest: Promise<void> | null = null;
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(store: SessionStore, clocks: ClockCheck) {
    this.#store = store;
    this.#clocks = clocks;
  }

  check(): Promise<void> {
    const now = performance.now();
    if (this.#latest === null || now - this.#startedAt >= HELD_MILLISECONDS) {
      this.#startedAt = now;
      this.#latest = this.#ask();
    }
    return this.#latest;
  }

  async #ask(): Promise<void> {
    await this.#clocks.readFence(PROBED_USER_KEY);
    // Writes the same thing each time. A read-only store refuses the write, and so does one whose disk or memory is
    // full.
    await this.#store.deleteByUser(PROBED_USER_KEY, "revoked", { isProbe: true });
  }
}
