import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/core/authenticator.ts";
const tests = "packages/coatcheck/test/core/find-copy.test.ts";

/** What keeps the copy of a record, at hand in a near-cache, from saying more than yes. */
export const recordCopyRules: readonly Rule[] = [
  {
    rule: "A copy may say yes to the newest secret alone.",
    source,
    within: "Authenticator.#acceptAsItIs",
    replace: "if (expiresAt(record) <= now || !isCurrent(record, token)) return null;",
    with: "if (expiresAt(record) <= now) return null;",
    tests,
    testName: "a copy at hand > decides nothing about a secret that it does not know",
  },
  {
    rule: "A copy says nothing while a newer secret is on its way.",
    source,
    within: "Authenticator.#acceptAsItIs",
    replace: "if (record.pending !== null) return null;",
    with: "",
    tests,
    testName: "a copy at hand > decides nothing while a newer secret is on its way",
  },
  {
    rule: "A copy never says that a login is fresh.",
    source,
    within: "Authenticator.#accept",
    replace: "fresh: fresh && !isCopy,",
    with: "fresh,",
    tests,
    testName: "a copy at hand > never says that a login is fresh, and says whose session it is",
  },
  {
    rule: "Where freshness is asked for, the store is asked.",
    source,
    within: "Authenticator.#acceptCopy",
    replace: "if (needsFreshness && isFresh(policy, record.current.authenticatedAt, clock.now())) return null;",
    with: "",
    tests,
    testName: "a copy at hand > leaves freshness to the store, where it is asked for",
  },
  {
    rule: "A copy does not say that a session has expired, and says yes to none that has.",
    source,
    within: "Authenticator.#acceptAsItIs",
    replace: "if (expiresAt(record) <= now || ",
    with: "if (",
    tests,
    testName: "a copy at hand > does not say that a session has expired: it may have been extended elsewhere",
  },
  {
    rule: "A copy does not spare the store a touch that is due.",
    source,
    within: "Authenticator.#acceptAsItIs",
    replace: 'this.#changeFor(record, "current", slide, now) === null ? ',
    with: "true ? ",
    tests,
    testName: "a copy at hand > does not keep a touch from being written",
  },
];
