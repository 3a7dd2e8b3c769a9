import type { Clock, Timestamp } from "../core/clock.ts";

/** ManualClock stands still until a test moves it. Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export class ManualClock implements Clock {
  #now: Timestamp;

  constructor(start: Timestamp = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): Timestamp {
    return this.#now;
  }

  /** A negative number steps back, as a time synchronisation does. */
  advanceSeconds(seconds: number): void {
    this.#now += seconds * 1_000;
  }
}
