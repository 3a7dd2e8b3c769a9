import { runConcurrently } from "./store-model/concurrent-run.ts";
import type { FastCheck } from "./store-model/fast-check.ts";
import { runAgainstModel } from "./store-model/model-run.ts";
import { storyOf } from "./store-model/store-command.ts";
import type { CreateStore } from "./store-under-test.ts";
import type { TestRunner } from "./test-runner.ts";

/** The store under test, and the test runner. */
export interface StoreModelTestOptions {
  /** The `test` function of vitest, jest or node:test, which registers the tests. */
  readonly runner: TestRunner;
  /** fast-check's own export; the library itself does not depend on it. */
  readonly fc: FastCheck;
  /** Must tell the time by the clock that it is given. */
  readonly createStore: CreateStore;
  /** How many random stories each test tells; each gets a fresh store. */
  readonly runs: number;
}

const LONGEST_STORY = 40;
const LONGEST_BATCH = 8;
const MOST_BATCHES = 8;

/**
 * Runs random series of calls on a store. One after the other, each call must be answered as a simple model answers it;
 * at the same time, no forbidden outcome may occur. It finds cases that no test was written for.
 */
export function storeModelTest({ runner, fc, createStore, runs }: StoreModelTestOptions): void {
  runner.describe("random stories", () => {
    runner.test("a store answers any calls, one after the other, as the model does", async () => {
      const property = fc.asyncProperty(storyOf(fc, LONGEST_STORY), (story) => runAgainstModel(createStore, story));
      await fc.assert(property, { numRuns: runs });
    });

    runner.test("of calls at the same time none is lost, none revives a session, and no limit is passed", async () => {
      const batches = fc.array(storyOf(fc, LONGEST_BATCH), { maxLength: MOST_BATCHES, size: "max" });
      const property = fc.asyncProperty(batches, (stories) => runConcurrently(createStore, stories));
      await fc.assert(property, { numRuns: runs });
    });
  });
}
