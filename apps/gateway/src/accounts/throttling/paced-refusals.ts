import { setTimeout as delay } from "node:timers/promises";

interface Clockwork {
  /** Milliseconds that never step back. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** The number of refusals that may come at once, and how far apart further ones are. */
const FREE_REFUSALS = 25;
const MILLISECONDS_APART = 20;
const LONGEST_PAUSE_MILLISECONDS = 2_000;
/** Above this number refusals are answered at once: each waiting one takes a few kilobytes. */
const MAXIMUM_WAITING = 1_000;

/**
 * PacedRefusals answers a flood of refused logins at a steady rate instead of as fast as it can. A client that retries
 * after each refusal is slowed down by waiting for it. That costs the gateway only a timer, and leaves the event loop
 * to the users who are signed in. A person who is refused now and then notices nothing.
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
    // Never further ahead than the longest pause: after a flood has ended, it must delay no client.
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
