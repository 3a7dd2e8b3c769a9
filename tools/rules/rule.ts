/**
 * A rule that was model-checked, the edit that takes it out of the code, and the test that fails then. To add one,
 * append it to a table in this folder; tests of any workspace will do.
 */
export interface Rule {
  /** The rule in a sentence, as the document shows it. */
  readonly rule: string;
  /** The file that keeps it, from the root of the repository. */
  readonly source: string;
  /** The function, method, class or constant in that file which keeps it: `mayPass`, `SessionManager.#mayIssue`. */
  readonly within: string;
  /** Code that is there exactly once. White space in it stands for any other, and around it does not count. */
  readonly replace: string;
  readonly with: string;
  /** The test file, from the root of the repository. */
  readonly tests: string;
  /** The test's name, after those of its groups: "group > subgroup > name". */
  readonly testName: string;
}

/** What the test of a rule did once the rule was taken out. */
export interface Trial {
  readonly rule: Rule;
  /** Whether the test ran and failed, as it must. */
  readonly caught: boolean;
  /** What the test printed, or why there is nothing to print. */
  readonly message: string;
}
