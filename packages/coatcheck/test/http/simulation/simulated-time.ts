import { ManualClock } from "coatcheck/testing";

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly happen: () => unknown;
}

/** SimulatedTime is a clock with a calendar: what is due happens in order, and no time passes in between. */
export class SimulatedTime {
  readonly clock = new ManualClock();
  readonly #start = this.clock.now();
  readonly #heap: Happening[] = [];
  #count = 0;

  /** Seconds since the beginning. */
  get seconds(): number {
    return (this.clock.now() - this.#start) / 1_000;
  }

  /** Lets something happen so many seconds from now. */
  in(seconds: number, happen: () => unknown): void {
    this.#push({ at: this.clock.now() + Math.round(seconds * 1_000), order: this.#count++, happen });
  }

  /** Lets everything happen, up to that moment. */
  async runUntil(seconds: number): Promise<void> {
    const end = this.#start + seconds * 1_000;
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      this.clock.advanceSeconds((next.at - this.clock.now()) / 1_000);
      await next.happen();
    }
  }

  #push(happening: Happening): void {
    let index = this.#heap.push(happening) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isEarlier(this.#heap, index, parent)) return;
      swap(this.#heap, index, parent);
      index = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = isEarlier(this.#heap, left + 1, left) ? left + 1 : left;
      if (!isEarlier(this.#heap, child, index)) return;
      swap(this.#heap, index, child);
      index = child;
    }
  }
}

function isEarlier(heap: readonly Happening[], first: number, second: number): boolean {
  const [one, other] = [heap[first], heap[second]];
  if (one === undefined || other === undefined) return false;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function swap(heap: Happening[], first: number, second: number): void {
  const [one, other] = [heap[first], heap[second]];
  if (one !== undefined && other !== undefined) [heap[first], heap[second]] = [other, one];
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
