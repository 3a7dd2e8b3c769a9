import { BoundedWork } from "./bounded-work.ts";

export interface KeyedBoundedWorkOptions {
  /** The number of tasks of one key that run at a time. */
  readonly concurrency: number;
  /** The number of tasks of one key that may wait for their turn. */
  readonly maximumWaiting: number;
}

/**
 * KeyedBoundedWork is a `BoundedWork` for each key: tasks of one key wait for each other, and not for those of other
 * keys. It remembers a key only while the key has work, so memory is bounded by the requests that are being served.
 */
export class KeyedBoundedWork {
  readonly #options: KeyedBoundedWorkOptions;
  readonly #workByKey = new Map<string, BoundedWork>();

  constructor(options: KeyedBoundedWorkOptions) {
    this.#options = options;
  }

  /** The number of keys that have work. */
  get size(): number {
    return this.#workByKey.size;
  }

  /** The task's result. Null at once, without starting the task, if too many tasks already wait for this key's turn. */
  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> | null {
    const { concurrency, maximumWaiting } = this.#options;
    const work = this.#workByKey.get(key) ?? new BoundedWork(concurrency, maximumWaiting, "Too many tasks of one key.");
    if (work.isFull) return null;
    this.#workByKey.set(key, work);
    return work.run(task).finally(() => {
      // If two tasks end together, the second must not remove the work that another task began in between.
      if (work.isIdle && this.#workByKey.get(key) === work) this.#workByKey.delete(key);
    });
  }
}
