const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The same numbers for the same seed, on every machine: a song sounds the same wherever it is made. No secret here. */
export class Random {
  #state: number;

  /** FNV-1a of the text is where the numbers begin. */
  constructor(seed: string) {
    let hash = FNV_OFFSET_BASIS;
    for (let index = 0; index < seed.length; index++) hash = Math.imul(hash ^ seed.charCodeAt(index), FNV_PRIME);
    // Xorshift stays at zero for ever.
    this.#state = hash || FNV_OFFSET_BASIS;
  }

  /** From 0 up to, but not including, 1. Xorshift of Marsaglia (2003). */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 0x1_0000_0000;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** @throws RangeError for a list of nothing */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("There is nothing to pick from.");
    return item;
  }
}
