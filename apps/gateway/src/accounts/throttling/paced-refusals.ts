import { setTimeout as delay } from "node:timers/promises";

interface Clockwork {
  /** Milliseconds that never step back. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** So many refusals may come at once; further ones this far apart. */
const FREE_REFUSALS = 25;
const MILLISECONDS_APART = 20;
const LONGEST_PAUSE_MILLISECONDS = 2_000;
/** Above it refusals are answered at once: those that wait take a few kilobytes each. */
const MAXIMUM_WAITING = 1_000;

/**
 * PacedRefusals answers a flood of refused logins at a steady rate instead of as fast as it can. A client that tries again
 * at each refusal is slowed down by waiting for it, which costs us a timer, and leaves the event loop to those who are
 * signed in. A person who is refused now and then notices nothing.
 */
export class PacedRefusals {
  readonly #clockwork: Clockwork;
  #nextAt = Number.NEGATIVE_INFINITY;
  #waiting = 0;

  constructor(clockwork: Clockwork = { now: () => performance.now(), pause: delay }) {
    this.#clockwork = clockwork;
  }

  /** Resolves when the next refusal may be answered. */
  async turn(): Promise<void> {
    const now = this.#clockwork.now();
    const earliest = now - FREE_REFUSALS * MILLISECONDS_APART;
    const slot = Math.max(this.#nextAt, earliest) + MILLISECONDS_APART;
    const pause = slot - now;
    if (pause > 0 && this.#waiting >= MAXIMUM_WAITING) return;
    // Never further ahead than the longest pause: a flood that has ended must delay no one.
    this.#nextAt = Math.min(slot, now + LONGEST_PAUSE_MILLISECONDS);
    if (pause <= 0) return;
    this.#waiting++;
    try {
      await this.#clockwork.pause(Math.min(pause, LONGEST_PAUSE_MILLISECONDS) * (0.75 + Math.random() / 4));
    } finally {
      this.#waiting--;
    }
  }
}
