const WINDOW_MILLISECONDS = 60_000;
const LINES_PER_WINDOW = 6_000;

const OF_A_REQUEST = '"reqId":';
const REQUEST = '"event":"request"';
/** A refused request, or one that the gateway answered by itself: a client can cause such a line without a login. */
const CHEAP_REQUEST = /"status":(?:4\d\d|null)|"path":"\/auth\//;
const WARNING_OR_WORSE = /^\{"level":[456]0/;
/** Each of these costs a session, and other lines must not hide it. */
const ALWAYS_KEPT = '"event":"authn_token_reuse"';

export interface LineVerdict {
  readonly isKept: boolean;
  /** The number of lines of the last minute that were not kept. */
  readonly suppressed: number;
}

/**
 * LineLimit keeps strangers from filling the disk. Lines that a client can cause at no cost to itself are kept up to a number
 * for each minute, and counted beyond it. Lines about logged-in users and about answers of services are always kept.
 */
export class LineLimit {
  #windowEnd = Number.NEGATIVE_INFINITY;
  #kept = 0;
  #suppressedNow = 0;
  #suppressed = 0;

  /** The number of lines that were not kept since the start. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** `now` is a time of the monotonic clock. */
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
