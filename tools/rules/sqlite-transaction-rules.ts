import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/stores/sqlite/connection.ts";
const tests = "packages/coatcheck/test/stores/sqlite-transactions.files.test.ts";
const oneTransaction = `this.#begin.run();
      try {
        const result = operation();
        this.#commit.run();
        return result;
      }`;

/** What is one step in the SQLite store because it is one transaction. */
export const sqliteTransactionRules: readonly Rule[] = [
  {
    rule: "A transaction takes the write lock before it checks the fence and the limit, evicts and writes.",
    source,
    within: "SqliteConnection.constructor",
    replace: '"BEGIN IMMEDIATE"',
    with: '"BEGIN"',
    tests,
    testName:
      "a login that comes while another looks at the limit has to wait: the first to look is the one that stays",
  },
  {
    rule: "The check of the fence and the write of the session are one transaction.",
    source,
    within: "SqliteConnection.write",
    replace: oneTransaction,
    with: "try { return operation(); }",
    tests,
    testName: "a revoke-all that comes after a login has looked at the fence waits for the login, and ends it",
  },
  {
    rule: "The check of the version and the write of the change are one transaction.",
    source,
    within: "SqliteConnection.write",
    replace: oneTransaction,
    with: "try { return operation(); }",
    tests,
    testName: "an update that comes while another is between reading and writing is told that it came too late",
  },
];
