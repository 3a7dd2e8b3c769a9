import { setImmediate as nextTurn } from "node:timers/promises";

const SLICE_MILLISECONDS = 2;

/**
 * Does a piece of work step by step, and lets everything else that is to be done come in between: other requests, and the
 * poll without which no pass is believed.
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

/** Turns lets each owner do one thing at a time, so that an owner who asks for more waits for their own work alone. */
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
