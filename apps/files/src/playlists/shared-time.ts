import { setImmediate as nextTurn } from "node:timers/promises";

const SLICE_MILLISECONDS = 2;

/**
 * Does a piece of work in steps, and lets other work run in between: other requests, and the poll for revocations, without
 * which no pass is accepted.
 */
export async function inSlices<Result>(steps: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const until = performance.now() + SLICE_MILLISECONDS;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await nextTurn();
  }
}

/** Turns lets each owner do one thing at a time, so an owner that asks for more waits only for its own work. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  async take<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(owner);
    let finish = () => {};
    const mine = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.#last.set(owner, mine);
    try {
      await before;
      return await work();
    } finally {
      finish();
      if (this.#last.get(owner) === mine) this.#last.delete(owner);
    }
  }
}
