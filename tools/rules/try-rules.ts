import type { Rule, Trial } from "./rule.ts";
import { problemsWithPlaces } from "./rule-places.ts";
import { type TestResult, TestRunner } from "./run-tests.ts";
import { ScratchCopy } from "./scratch-copy.ts";

/** How many rules are tried at a time, each in a copy of its own. */
const COPIES = 2;

/** Runs the tests of all rules with all rules in place; what is wrong with them, a sentence each. */
export async function problemsWithEveryRule(repository: string, rules: readonly Rule[]): Promise<readonly string[]> {
  const misplaced = await problemsWithPlaces(repository, rules);
  if (misplaced.length > 0) return misplaced;
  return inCopy(repository, async (_copy, runner) => {
    const files = rules.map(({ tests }) => tests);
    const names = rules.map(({ testName }) => testName);
    const { results, output } = await runner.run(files, names);
    if (results.length === 0) return [`No test ran:\n${output}`];
    return rules.flatMap((rule) => {
      const result = resultFor(rule, results);
      if (result === undefined) return [`${rule.tests} has no test "${rule.testName}".`];
      return result.passed ? [] : [`${rule.tests} fails with all rules in place: ${result.message}`];
    });
  });
}

/** Takes out one rule after the other and runs its test. Reports each trial as soon as it is done. */
export async function tryRules(
  repository: string,
  rules: readonly Rule[],
  report: (trial: Trial) => void,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  const waiting = rules.entries();
  const tryInTurn = async (copy: ScratchCopy, runner: TestRunner): Promise<void> => {
    for (const [index, rule] of waiting) {
      const trial = await copy.without(rule, () => tryRule(runner, rule));
      runner.forget(rule.source);
      trials[index] = trial;
      report(trial);
    }
  };
  await Promise.all(Array.from({ length: COPIES }, () => inCopy(repository, tryInTurn)));
  return trials;
}

async function inCopy<Result>(
  repository: string,
  work: (copy: ScratchCopy, runner: TestRunner) => Promise<Result>,
): Promise<Result> {
  const copy = await ScratchCopy.of(repository);
  try {
    const runner = await TestRunner.start(copy.root);
    try {
      return await work(copy, runner);
    } finally {
      await runner.stop();
    }
  } finally {
    await copy.remove();
  }
}

async function tryRule(runner: TestRunner, rule: Rule): Promise<Trial> {
  runner.forget(rule.source);
  const { results, output } = await runner.run([rule.tests], [rule.testName]);
  const result = resultFor(rule, results);
  // A file that no longer loads proves nothing: the test itself must have run and failed.
  if (result === undefined) return { rule, caught: false, message: `The test did not run:\n${output}` };
  return { rule, caught: !result.passed, message: result.passed ? "The test passed." : result.message };
}

function resultFor(rule: Rule, results: readonly TestResult[]): TestResult | undefined {
  return results.find(({ file, name }) => file === rule.tests && name === rule.testName);
}
