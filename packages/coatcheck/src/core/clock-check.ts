import { CoatcheckError } from "../errors.ts";
import type { Clock, Timestamp } from "./clock.ts";
import { EXPIRY_MARGIN_SECONDS, type FenceReading, type SessionStore } from "./session-store.ts";

/**
 * How far this machine's clock may be from the store's. A store keeps a session for this long after its end, because
 * the clocks of machines differ. A clock that is further off would decide by a time that no other machine shares.
 */
export const MAXIMUM_CLOCK_SKEW_SECONDS: number = EXPIRY_MARGIN_SECONDS;

const MEASURED_AGAIN_AFTER_MILLISECONDS = 60_000;

/**
 * ClockCheck compares this machine's clock with the store's whenever a fence is read. A machine whose clock is days off
 * would take good sessions for expired and start others that last too long. Beyond the bound, that clock decides
 * nothing.
 */
export class ClockCheck {
  readonly #store: Pick<SessionStore, "readFence">;
  readonly #clock: Clock;
  #skewMilliseconds: number | null = null;
  /** Measured by the monotonic clock, because the wall clock may jump. */
  #measuredAt = Number.NEGATIVE_INFINITY;

  constructor(store: Pick<SessionStore, "readFence">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * How far this machine's clock is ahead of the store's; negative if it is behind, null before the first measurement.
   */
  get skewMilliseconds(): number | null {
    return this.#skewMilliseconds;
  }

  /** The time by the store's clock, as far as the two clocks were compared: the one time that all machines share. */
  storeTime(): Timestamp {
    return this.#clock.now() - (this.#skewMilliseconds ?? 0);
  }

  /** @throws CoatcheckError `clock_skewed` if the clock is further off than the bound */
  async readFence(userKey: string): Promise<FenceReading> {
    const before = this.#clock.now();
    const reading = await this.#store.readFence(userKey);
    // The store read its clock at some moment between the two.
    this.#skewMilliseconds = Math.round((before + this.#clock.now()) / 2 - reading.readAt);
    this.#measuredAt = performance.now();
    if (this.isOff) throw this.#fault();
    return reading;
  }

  /**
   * Asks the store for its time, unless it was asked within the last minute. Call this before a decision by a time that
   * another machine wrote or will read.
   */
  async requireMeasured(userKey: string): Promise<void> {
    const isRecent = performance.now() - this.#measuredAt < MEASURED_AGAIN_AFTER_MILLISECONDS;
    if (!isRecent || this.isOff) await this.readFence(userKey);
  }

  /** Whether the clock was too far off at the last measurement. It is then measured again before each decision. */
  get isOff(): boolean {
    return Math.abs(this.#skewMilliseconds ?? 0) > MAXIMUM_CLOCK_SKEW_SECONDS * 1_000;
  }

  #fault(): CoatcheckError {
    const seconds = Math.round(Math.abs(this.#skewMilliseconds ?? 0) / 1_000);
    const side = (this.#skewMilliseconds ?? 0) > 0 ? "ahead of" : "behind";
    return new CoatcheckError(
      "clock_skewed",
      `This machine's clock is ${seconds} seconds ${side} the session store's: no time can be judged by it.`,
    );
  }
}
