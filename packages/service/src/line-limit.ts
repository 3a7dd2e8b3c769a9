const WINDOW_MILLISECONDS = 60_000;
const LINES_PER_WINDOW = 6_000;

const OF_A_REQUEST = '"reqId":';
const REQUEST = '"event":"request"';
/** Refused, or answered by ourselves: what it costs to cause such a line is one request, and no login. */
const CHEAP_REQUEST = /"status":(?:4\d\d|null)|"path":"\/auth\//;
const WARNING_OR_WORSE = /^\{"level":[456]0/;
/** Costs a session each time, and must not be hidden by others. */
const ALWAYS_KEPT = '"event":"authn_token_reuse"';

export interface LineVerdict {
  readonly isKept: boolean;
  /** Of a minute that is over. */
  readonly suppressed: number;
}

/**
 * LineLimit keeps strangers from filling the disk. Of the lines that a client causes at no cost to itself, so many a minute
 * are kept; of the others the number. What those do who are logged in, and what services answer, is always kept.
 */
export class LineLimit {
  #windowEnd = Number.NEGATIVE_INFINITY;
  #kept = 0;
  #suppressedNow = 0;
  #suppressed = 0;

  /** All that were not kept, ever. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** `now` is of the monotonic clock. */
  judge(line: string, now: number): LineVerdict {
    const suppressed = this.#endWindow(now);
    if (!isCheap(line)) return { isKept: true, suppressed };
    this.#kept += 1;
    if (this.#kept <= LINES_PER_WINDOW) return { isKept: true, suppressed };
    this.#suppressedNow += 1;
    this.#suppressed += 1;
    return { isKept: false, suppressed };
  }

  #endWindow(now: number): number {
    if (now < this.#windowEnd) return 0;
    const suppressed = this.#suppressedNow;
    this.#windowEnd = now + WINDOW_MILLISECONDS;
    this.#kept = 0;
    this.#suppressedNow = 0;
    return suppressed;
  }
}

function isCheap(line: string): boolean {
  if (!line.includes(OF_A_REQUEST)) return false;
  if (line.includes(REQUEST)) return CHEAP_REQUEST.test(line);
  return WARNING_OR_WORSE.test(line) && !line.includes(ALWAYS_KEPT);
}
