/** BoundedCache keeps the most recently used values, never more than `maximumEntries`, and forgets the others. */
export class BoundedCache<Value> {
  readonly #maximumEntries: number;
  /** A Map keeps the order of insertion: the first entry is the least recently used one. */
  readonly #entries = new Map<string, Value>();

  constructor(maximumEntries: number) {
    this.#maximumEntries = maximumEntries;
  }

  get(name: string): Value | undefined {
    const value = this.#entries.get(name);
    if (value === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, value);
    return value;
  }

  set(name: string, value: Value): void {
    this.#entries.delete(name);
    this.#entries.set(name, value);
    if (this.#entries.size <= this.#maximumEntries) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  get size(): number {
    return this.#entries.size;
  }
}
