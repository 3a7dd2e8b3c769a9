/** So many failed logins a minute, of all accounts and addresses, delay no one. */
const FREE_FAILURES = 120;
const WINDOW_MILLISECONDS = 60_000;
const LONGEST_DELAY_MILLISECONDS = 2_000;

/**
 * OverallFailures counts the failed logins of the last minute at this node, whatever account or address they are about: of
 * one password tried on many accounts from many addresses no other count notices anything. Above a bound strangers' logins
 * take longer, the more there are; a wait for an answer locks no one out, and known devices do not have it.
 */
export class OverallFailures {
  readonly #now: () => number;
  readonly #isTold: () => void;
  /** The times of at most as many failures as cause the longest delay, oldest first. */
  readonly #times: number[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;

  /** `isTold` is told once a minute at most that there are too many. Times are milliseconds that never step back. */
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

  /** How long a stranger's login is to wait before its password is checked: the more the longer, two seconds at most. */
  delayMilliseconds(): number {
    this.#forgetOld(this.#now());
    const excess = this.#times.length - FREE_FAILURES;
    return excess <= 0 ? 0 : Math.round((LONGEST_DELAY_MILLISECONDS * Math.min(excess, FREE_FAILURES)) / FREE_FAILURES);
  }

  #forgetOld(now: number): void {
    while (this.#times[0] !== undefined && now - this.#times[0] >= WINDOW_MILLISECONDS) this.#times.shift();
  }
}
