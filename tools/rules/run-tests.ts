import { join } from "node:path";
import { createVitest, type TestCase, type Vitest } from "vitest/node";
import { failureSummary } from "./failure-summary.ts";

export interface TestResult {
  /** From the root of the workspace. */
  readonly file: string;
  /** Its groups and its own name, joined by " > ". */
  readonly name: string;
  readonly passed: boolean;
  /** What it printed when it failed, as one line without colours and paths of this machine. */
  readonly message: string;
}

export interface TestRun {
  /** The tests that ran: those that were asked for and exist. */
  readonly results: readonly TestResult[];
  /** Why files could not be run at all. */
  readonly output: string;
}

/**
 * The vitest of one workspace. It is started once and transforms only what changed: most tests of rules take less time than it
 * takes to start. Each run still has workers of its own, so that no module of another run is left in one.
 */
export class TestRunner {
  readonly #root: string;
  readonly #vitest: Vitest;

  static async start(root: string): Promise<TestRunner> {
    // A changed rule may leave a test waiting for ever: ten seconds are enough for any of these.
    const options = { root, watch: false, isolate: true, testTimeout: 10_000, reporters: [{}] };
    return new TestRunner(root, await createVitest("test", options));
  }

  private constructor(root: string, vitest: Vitest) {
    this.#root = root;
    this.#vitest = vitest;
  }

  /** Runs the named tests of some files. */
  async run(files: readonly string[], names: readonly string[]): Promise<TestRun> {
    const vitest = this.#vitest;
    const paths = new Set(files.map((file) => join(this.#root, file)));
    vitest.state.filesMap.clear();
    vitest.setGlobalTestNamePattern(new RegExp(`^(${[...new Set(names)].map(patternOf).join("|")})$`));
    const specifications = (await vitest.globTestSpecifications([...paths])).filter(({ moduleId }) =>
      paths.has(moduleId),
    );
    const { testModules } = await vitest.runTestSpecifications(specifications);
    const results = testModules.flatMap(({ children, relativeModuleId }) =>
      [...children.allTests()].flatMap((test) => this.#resultOf(relativeModuleId, test)),
    );
    const errors = testModules.flatMap((module) => module.errors().map(({ message }) => message));
    return { results, output: errors.join("\n") };
  }

  /** Has a file read anew, which was written since it was last read. */
  forget(file: string): void {
    this.#vitest.invalidateFile(join(this.#root, file));
  }

  async stop(): Promise<void> {
    await this.#vitest.close();
  }

  #resultOf(file: string, test: TestCase): readonly TestResult[] {
    const { state, errors } = test.result();
    if (state !== "passed" && state !== "failed") return [];
    const message = errors?.[0]?.stack ?? errors?.[0]?.message ?? "";
    const passed = state === "passed";
    return [{ file, name: test.fullName, passed, message: failureSummary(message, this.#root) }];
  }
}

/** Vitest matches against the names of the groups and of the test, joined by spaces. */
function patternOf(name: string): string {
  return name.replaceAll(" > ", " ").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
