import { BoundedWork } from "./bounded-work.ts";

export interface KeyedBoundedWorkOptions {
  /** Tasks of one key under way at a time. */
  readonly concurrency: number;
  /** Tasks of one key that may wait for their turn. */
  readonly maximumWaiting: number;
}

/**
 * KeyedBoundedWork is a `BoundedWork` for each key: tasks of one key wait for each other, those of another do not. A
 * key is remembered only while it has work, so memory is bounded by the requests that are being served.
 */
export class KeyedBoundedWork {
  readonly #options: KeyedBoundedWorkOptions;
  readonly #workByKey = new Map<string, BoundedWork>();

  constructor(options: KeyedBoundedWorkOptions) {
    this.#options = options;
  }

  /** The keys that have work. */
  get size(): number {
    return this.#workByKey.size;
  }

  /** The task's result, or null at once, the task not started, when too many wait for this key's turn already. */
  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> | null {
    const { concurrency, maximumWaiting } = this.#options;
    const work = this.#workByKey.get(key) ?? new BoundedWork(concurrency, maximumWaiting, "Too many tasks of one key.");
    if (work.isFull) return null;
    this.#workByKey.set(key, work);
    return work.run(task).finally(() => {
      // Of two tasks that end together, the second must not remove the work that another task began in between.
      if (work.isIdle && this.#workByKey.get(key) === work) this.#workByKey.delete(key);
    });
  }
}
