import { randomInt } from "node:crypto";
import { GatewayError } from "../../errors.ts";

/**
 * The kind of caller that waits for a hash: an account's owner on a known device or in a known session, or anyone else.
 */
export type HashingLine = "known" | "stranger";

/** A place in the queue. The caller takes it before writing anything, and always leaves it in the end. */
export interface HashingPlace {
  /** Runs one hash when it is this place's turn. */
  run<Result>(task: () => Promise<Result>): Promise<Result>;
  /** Frees the place. Repeating it does nothing. */
  leave(): void;
}

/** Random between these two, so that clients that were refused together do not come back together. */
const RETRY_SECONDS = { shortest: 2, longest: 8 };

/**
 * HashingQueue runs at most `concurrency` hashes at a time and has places for `maximumWaiting` more. Each of the two
 * lines may take two thirds of those, so the last third always belongs to the other line, and the lines are served in
 * turn: under a flood of strangers, an owner's known device waits for one hash, not for all of theirs.
 */
export class HashingQueue {
  readonly #concurrency: number;
  readonly #maximumWaiting: number;
  readonly #places: Record<HashingLine, number> = { known: 0, stranger: 0 };
  readonly #waiting: Readonly<Record<HashingLine, (() => void)[]>> = { known: [], stranger: [] };
  #running = 0;
  #servedLast: HashingLine = "stranger";

  constructor(concurrency: number, maximumWaiting: number) {
    this.#concurrency = concurrency;
    this.#maximumWaiting = maximumWaiting;
  }

  /** Whether the queue would refuse a place in this line. */
  isFullFor(line: HashingLine): boolean {
    const { known, stranger } = this.#places;
    if (known + stranger >= this.#concurrency + this.#maximumWaiting) return true;
    return this.#places[line] >= this.#concurrency + Math.ceil((this.#maximumWaiting * 2) / 3);
  }

  /** @throws GatewayError `overloaded`, with nothing taken */
  enter(line: HashingLine): HashingPlace {
    if (this.isFullFor(line)) throw overloaded();
    this.#places[line]++;
    let isTaken = true;
    return {
      run: async (task) => {
        await this.#turn(line);
        try {
          return await task();
        } finally {
          this.#passOn();
        }
      },
      leave: () => {
        if (isTaken) this.#places[line]--;
        isTaken = false;
      },
    };
  }

  async #turn(line: HashingLine): Promise<void> {
    if (this.#running < this.#concurrency) {
      this.#running++;
      this.#servedLast = line;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting[line].push(resolve));
  }

  /** The turn goes straight to the next in line, so that a caller who arrives just now cannot jump the queue. */
  #passOn(): void {
    const line = this.#servedLast === "known" ? "stranger" : "known";
    const other = this.#servedLast;
    const served = this.#waiting[line].length > 0 ? line : other;
    const next = this.#waiting[served].shift();
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#servedLast = served;
    next();
  }
}

export function overloaded(): GatewayError {
  const retryAfterSeconds = randomInt(RETRY_SECONDS.shortest, RETRY_SECONDS.longest + 1);
  return new GatewayError("overloaded", "Too many passwords are being checked.", { retryAfterSeconds });
}
