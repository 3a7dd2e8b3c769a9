import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/stores/sqlite.ts";
const removalLog = "packages/coatcheck/src/stores/sqlite/removal-log.ts";
const tests = "packages/coatcheck/test/stores/sqlite.files.test.ts";
const removalTests = "packages/coatcheck/test/stores/sqlite-removals.files.test.ts";
const transactionTests = "packages/coatcheck/test/stores/sqlite-transactions.files.test.ts";

/** What a store returns and publishes of the sessions that it removed, taken out of the SQLite store. */
export const sqliteRemovalRules: readonly Rule[] = [
  {
    rule: "An insert returns what it evicted.",
    source,
    within: "SqliteSessionStore.#insert",
    replace: 'return { outcome: "inserted", removed };',
    with: 'return { outcome: "inserted", removed: [] };',
    tests,
    testName: "the limit > at the limit the least recently seen session is evicted",
  },
  {
    rule: "A delete returns what it removed.",
    source,
    within: "SqliteSessionStore.delete",
    replace: "return removed[0] ?? null;",
    with: "return null;",
    tests,
    testName:
      "removals and lists > a session deleted as logged_out is gone, and reported as that by each kind of removal",
  },
  {
    rule: "A deleteByUser returns what it removed.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: "return removed;",
    with: "return [];",
    tests,
    testName: "removals and lists > a deleteByUser removes all of the user's sessions, and no other user's",
  },
  {
    rule: "A sweep returns what it removed.",
    source,
    within: "SqliteSessionStore.deleteExpired",
    replace: "removed.push(...batch);",
    with: "",
    tests,
    testName: "expiry > a sweep removes a user's expired sessions and leaves the others",
  },
  {
    rule: "What an insert removes is published in this process.",
    source,
    within: "SqliteSessionStore.insert",
    replace: 'if (result.outcome === "inserted") this.#removals.publish();',
    with: "",
    tests: removalTests,
    testName: "an eviction of one's own is heard of when it returns",
  },
  {
    rule: "What a delete removes is published in this process.",
    source,
    within: "SqliteSessionStore.delete",
    replace: "this.#removals.publish();",
    with: "",
    tests: removalTests,
    testName: "a delete of one's own is heard of when it returns",
  },
  {
    rule: "What a deleteByUser removes is published in this process.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: "this.#removals.publish();",
    with: "",
    tests: removalTests,
    testName: "a deleteByUser of one's own is heard of when it returns",
  },
  {
    rule: "What a sweep removes is published in this process.",
    source,
    within: "SqliteSessionStore.deleteExpired",
    replace: "this.#removals.publish();",
    with: "",
    tests: removalTests,
    testName: "a sweep of one's own is heard of when it returns",
  },
  {
    rule: "Every removal is published to the other processes.",
    source,
    within: "SqliteSessionStore.#remove",
    replace: "this.#removals.append(removed, now);",
    with: "",
    tests,
    testName: "subscriptions > a delete is published once to every subscriber, in every process",
  },
  {
    rule: "A removal and its publication are one transaction.",
    source,
    within: "SqliteSessionStore.#remove",
    replace: "this.#removals.append(removed, now);",
    with: "queueMicrotask(() => this.#removals.append(removed, now));",
    tests: transactionTests,
    testName: "a process that dies as soon as a removal is committed has told the others of it",
  },
  {
    rule: "What another process removed is heard of.",
    source: removalLog,
    within: "RemovalLog.#poll",
    replace: "if (dataVersion === this.#lastDataVersion) return;",
    with: "if (dataVersion !== null) return;",
    tests,
    testName: "subscriptions > an eviction is published",
  },
];
