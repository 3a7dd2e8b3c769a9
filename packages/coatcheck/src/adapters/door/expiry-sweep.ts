import { warnOfFault } from "../../core/fault-warning.ts";
import type { SessionManager } from "../../core/session-manager.ts";
import { CoatcheckError } from "../../errors.ts";

const INTERVAL_MILLISECONDS = 60_000;
/** A sweep removes at most this many at once, so that it does not hold a database up. */
const BATCH = 1_000;
/** A store that has not answered by then counts as down: `close` and the next sweep must not wait for ever. */
const DEADLINE_SECONDS = 30;

/**
 * ExpirySweep removes expired sessions once a minute, for as long as the process runs and without keeping it running. The
 * first sweep comes at a random moment, so that machines which were started together do not sweep together.
 */
export class ExpirySweep {
  readonly #sessions: SessionManager;
  #timer: NodeJS.Timeout | null;
  #underWay: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(sessions: SessionManager) {
    this.#sessions = sessions;
    this.#timer = this.#sweepAfter(Math.random() * INTERVAL_MILLISECONDS);
  }

  /** Ends it. A sweep that is under way ends first, within 30 seconds, so that the store may be closed then. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#underWay;
  }

  #sweepAfter(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#underWay = this.#sweep();
    }, milliseconds).unref();
  }

  async #sweep(): Promise<void> {
    try {
      while (this.#timer !== null && (await withinDeadline(this.#sessions.removeExpired(BATCH))) === BATCH);
      this.#hasFailed = false;
    } catch (error) {
      // One warning for a store that is down, not one a minute.
      if (!this.#hasFailed) warnOfFault(error);
      this.#hasFailed = true;
    }
    if (this.#timer !== null) this.#timer = this.#sweepAfter(INTERVAL_MILLISECONDS);
  }
}

function withinDeadline<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `The store did not remove expired sessions within ${DEADLINE_SECONDS} seconds.`;
    const fail = () => reject(new CoatcheckError("store_unavailable", message));
    timer = setTimeout(fail, DEADLINE_SECONDS * 1_000).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
