import type { StoreBench } from "./store-bench.ts";

const ROUNDS = 12;

type Call = (store: StoreBench["store"]) => Promise<unknown>;

/** Races the same calls again and again, each time beginning with another one and on another instance. */
export async function inManyOrders(
  round: (round: number, order: (calls: readonly Call[]) => Promise<unknown>) => Promise<void>,
  bench: StoreBench,
): Promise<void> {
  for (let number = 0; number < ROUNDS; number += 1) {
    await round(number, (calls) => {
      const first = number % calls.length;
      const rotated = [...calls.slice(first), ...calls.slice(0, first)];
      return Promise.all(
        rotated.map((call, index) => call(instance(bench, index + Math.floor(number / calls.length)))),
      );
    });
  }
}

/** With two instances over one storage, every other call goes to the other. */
export function instance(bench: StoreBench, index: number): StoreBench["store"] {
  return index % 2 === 0 ? bench.store : bench.peer;
}
