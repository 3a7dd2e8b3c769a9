/** The part of a test runner that the suites need. Those of vitest, jest and node:test fit as they are. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
}
