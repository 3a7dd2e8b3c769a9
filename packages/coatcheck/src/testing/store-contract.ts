import { type Clock, systemClock } from "../core/clock.ts";
import { ManualClock } from "./manual-clock.ts";
import { concurrencyContract } from "./store-contract/concurrency.ts";
import { expiryContract } from "./store-contract/expiry.ts";
import { fenceContract } from "./store-contract/fence.ts";
import { insertContract } from "./store-contract/insert.ts";
import { limitContract } from "./store-contract/limit.ts";
import { removalContract } from "./store-contract/removal.ts";
import { replacementContract } from "./store-contract/replacement.ts";
import { StoreBench } from "./store-contract/store-bench.ts";
import { subscriptionContract } from "./store-contract/subscription.ts";
import { tombstoneContract } from "./store-contract/tombstone.ts";
import { updateContract } from "./store-contract/update.ts";
import type { CreateStore } from "./store-under-test.ts";
import type { TestRunner } from "./test-runner.ts";

/** The store under test, and the test runner. */
export interface StoreContractOptions {
  /** The `test` function of vitest, jest or node:test, which registers the tests. */
  readonly runner: TestRunner;
  /** Opens an empty store, once for each test. */
  readonly createStore: CreateStore;
  /**
   * `given`: the store tells the time by the clock it was created with. `own`: it has one that no test can move, such
   * as a server's; tests that move time are left out then, and fences, tombstones and deadlines are not covered.
   */
  readonly clock: "given" | "own";
}

// Not midnight anywhere and no whole second, so that rounding shows.
const START = Date.UTC(2026, 0, 1, 9, 41, 17, 123);

const themes = {
  "the fence": fenceContract,
  insert: insertContract,
  "the limit": limitContract,
  replacement: replacementContract,
  tombstones: tombstoneContract,
  "find and update": updateContract,
  "removals and lists": removalContract,
  expiry: expiryContract,
  subscriptions: subscriptionContract,
  "calls at the same time": concurrencyContract,
};

/**
 * Registers the contract of `SessionStore` as tests, one test for each sentence of its comments, with the given runner,
 * so that a store of one's own is held to the same contract as those of the library.
 */
export function storeContract({ runner, createStore, clock }: StoreContractOptions): void {
  for (const [theme, contract] of Object.entries(themes)) {
    runner.describe(theme, () => {
      contract({
        test: (name, body) => {
          const testClock = () => (clock === "given" ? new ManualClock(START) : systemClock);
          runner.test(name, () => onBench(createStore, testClock(), body));
        },
        timedTest: (name, body) => {
          if (clock === "given") runner.test(name, () => onBench(createStore, new ManualClock(START), body));
        },
      });
    });
  }
}

async function onBench<TestClock extends Clock>(
  createStore: CreateStore,
  clock: TestClock,
  body: (bench: StoreBench<TestClock>) => Promise<void>,
): Promise<void> {
  const underTest = await createStore(clock);
  try {
    await body(new StoreBench(underTest, clock));
  } finally {
    await underTest.close();
  }
}
