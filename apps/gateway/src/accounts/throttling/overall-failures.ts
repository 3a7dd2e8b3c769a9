/** The number of failed logins a minute, of all accounts and addresses, that delay no login. */
const FREE_FAILURES = 120;
const WINDOW_MILLISECONDS = 60_000;
const LONGEST_DELAY_MILLISECONDS = 2_000;

/**
 * OverallFailures counts the failed logins of the last minute at this node, whatever their account or address: no other
 * count notices one password tried on many accounts from many addresses. Above a bound, strangers' logins take longer,
 * the more failures there are. The delay locks no user out, and logins from known devices are not delayed.
 */
export class OverallFailures {
  readonly #now: () => number;
  readonly #isTold: () => void;
  /** The times of the latest failures, oldest first, no more of them than cause the longest delay. */
  readonly #times: number[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;

  /** `isTold` is called at most once a minute, when there are too many. Times are milliseconds that never step back. */
  constructor(isTold: () => void, now: () => number = () => performance.now()) {
    this.#isTold = isTold;
    this.#now = now;
  }

  failed(): void {
    const now = this.#now();
    this.#forgetOld(now);
    this.#times.push(now);
    if (this.#times.length > FREE_FAILURES * 2) this.#times.shift();
    if (this.#times.length <= FREE_FAILURES || now - this.#toldAt < WINDOW_MILLISECONDS) return;
    this.#toldAt = now;
    this.#isTold();
  }

  /**
   * How long a stranger's login waits before its password is checked: the more failures, the longer, two seconds at
   * most.
   */
  delayMilliseconds(): number {
    this.#forgetOld(this.#now());
    const excess = this.#times.length - FREE_FAILURES;
    return excess <= 0 ? 0 : Math.round((LONGEST_DELAY_MILLISECONDS * Math.min(excess, FREE_FAILURES)) / FREE_FAILURES);
  }

  #forgetOld(now: number): void {
    while (this.#times[0] !== undefined && now - this.#times[0] >= WINDOW_MILLISECONDS) this.#times.shift();
  }
}
