/** A moment by both clocks of a process, because neither alone tells how much time has passed. */
export interface Moment {
  /** Milliseconds that never step back, and stand still while the machine is suspended. */
  readonly monotonic: number;
  /**
   * Milliseconds since the Unix epoch. They continue during a suspension, and an administrator may set them to
   * anything.
   */
  readonly wall: number;
}

interface Copy<Value> {
  readonly value: Value;
  readonly readAt: Moment;
}

/** The present moment by the clocks of this process. */
export function thisMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * AgingCopies holds copies of a store's values, and gives one out while it is young. It drops the least recently used
 * copy first.
 */
export class AgingCopies<Value> {
  readonly #maximumEntries: number;
  readonly #maximumAgeMilliseconds: number;
  /** Least recently used first. */
  readonly #copies = new Map<string, Copy<Value>>();

  constructor(maximumEntries: number, maximumAgeMilliseconds: number) {
    this.#maximumEntries = maximumEntries;
    this.#maximumAgeMilliseconds = maximumAgeMilliseconds;
  }

  /** The number of copies held. */
  get size(): number {
    return this.#copies.size;
  }

  /** The copy, or null if there is none or it is too old. */
  get(key: string, now: Moment): Value | null {
    const copy = this.#copies.get(key);
    if (copy === undefined) return null;
    this.#copies.delete(key);
    if (this.#isTooOld(copy, now)) return null;
    this.#copies.set(key, copy);
    return copy.value;
  }

  /** Take `readAt` before the read is sent. A value whose read was sent before that of the held copy is ignored. */
  keep(key: string, value: Value, readAt: Moment): void {
    const held = this.#copies.get(key);
    if (held !== undefined && held.readAt.monotonic > readAt.monotonic) return;
    this.#copies.delete(key);
    this.#copies.set(key, { value, readAt });
    this.#letGo(readAt);
  }

  /** Forgets one copy. */
  drop(key: string): void {
    this.#copies.delete(key);
  }

  /** Forgets every copy that the test picks. */
  dropWhere(isMeant: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#copies) if (isMeant(value)) this.#copies.delete(key);
  }

  /** Forgets all copies. */
  clear(): void {
    this.#copies.clear();
  }

  /**
   * Removes the least recently used copies until there is room and the next one is young. A copy is used only while it
   * is young, so no copy stays that was not used within the bound.
   */
  #letGo(now: Moment): void {
    for (const [key, { readAt }] of this.#copies) {
      const isYoung = now.monotonic - readAt.monotonic <= this.#maximumAgeMilliseconds;
      if (isYoung && this.size <= this.#maximumEntries) return;
      this.#copies.delete(key);
    }
  }

  /**
   * By whichever clock shows the greater age. A wall clock that was set back tells no age, so the copy counts as too
   * old.
   */
  #isTooOld({ readAt }: Copy<Value>, now: Moment): boolean {
    const wallAge = now.wall - readAt.wall;
    if (now.monotonic - readAt.monotonic > this.#maximumAgeMilliseconds) return true;
    return wallAge < 0 || wallAge > this.#maximumAgeMilliseconds;
  }
}
