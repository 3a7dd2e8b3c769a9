import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/stores/memory.ts";
const tests = "packages/coatcheck/test/stores/memory.test.ts";

/** What a store returns and publishes of the sessions that it removed, taken out of the memory store. */
export const memoryRemovalRules: readonly Rule[] = [
  {
    rule: "An insert returns what it evicted.",
    source,
    within: "MemorySessionStore.insert",
    replace: 'return { outcome: "inserted", removed };',
    with: 'return { outcome: "inserted", removed: [] };',
    tests,
    testName: "the limit > at the limit the least recently seen session is evicted",
  },
  {
    rule: "A delete returns what it removed.",
    source,
    within: "MemorySessionStore.delete",
    replace: "return removed;",
    with: "return null;",
    tests,
    testName:
      "removals and lists > a session deleted as logged_out is gone, and reported as that by each kind of removal",
  },
  {
    rule: "A deleteByUser returns what it removed.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: "return removed;",
    with: "return [];",
    tests,
    testName: "removals and lists > a deleteByUser removes all of the user's sessions, and no other user's",
  },
  {
    rule: "A sweep returns what it removed.",
    source,
    within: "MemorySessionStore.deleteExpired",
    replace: "return removed;",
    with: "return [];",
    tests,
    testName: "expiry > a sweep removes a user's expired sessions and leaves the others",
  },
  {
    rule: "What an insert removes is published.",
    source,
    within: "MemorySessionStore.insert",
    replace: "this.#listeners.tell(removed);",
    with: "",
    tests,
    testName: "subscriptions > an eviction is published",
  },
  {
    rule: "What a delete removes is published.",
    source,
    within: "MemorySessionStore.delete",
    replace: "this.#listeners.tell([removed]);",
    with: "",
    tests,
    testName: "subscriptions > a delete is published once to every subscriber, in every process",
  },
  {
    rule: "What a deleteByUser removes is published.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: "this.#listeners.tell(removed);",
    with: "",
    tests,
    testName: "subscriptions > a deleteByUser publishes each session that it removed, and not the one it spared",
  },
  {
    rule: "What a sweep removes is published.",
    source,
    within: "MemorySessionStore.deleteExpired",
    replace: "this.#listeners.tell(removed);",
    with: "",
    tests,
    testName: "subscriptions > what a sweep removes is published",
  },
];
