import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export interface FileReport {
  /** From the root of the repository. */
  readonly path: string;
  /** From the first import to the last hook. */
  readonly seconds: number;
  readonly passed: number;
  /** The names of the tests that failed, and what else went wrong with the file. */
  readonly failures: readonly string[];
}

/** Writes what became of each test file, and how long it took, into a file for CI: vitest's own report times tests alone. */
export class ReportFile implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    writeFileSync(this.#path, JSON.stringify(modules.map(reportOf)));
  }
}

function reportOf(module: TestModule): FileReport {
  const { setupDuration, collectDuration, duration } = module.diagnostic();
  const failed = [...module.children.allTests("failed")].map(({ fullName }) => fullName);
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  const broken = suites.map(({ fullName }) => `${fullName} (its hooks)`);
  const isBroken = failed.length === 0 && broken.length === 0 && module.state() === "failed";
  return {
    path: module.relativeModuleId,
    seconds: (setupDuration + collectDuration + duration) / 1_000,
    passed: [...module.children.allTests("passed")].length,
    failures: [...failed, ...broken, ...(isBroken ? ["the file itself"] : [])],
  };
}
