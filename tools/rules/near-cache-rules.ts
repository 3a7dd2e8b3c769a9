import type { Rule } from "./rule.ts";

const store = "packages/coatcheck/src/stores/near-cache.ts";
const copies = "packages/coatcheck/src/stores/near-cache/record-copies.ts";
const leases = "packages/coatcheck/src/stores/near-cache/fill-leases.ts";
const authenticator = "packages/coatcheck/src/core/authenticator.ts";
const tests = "packages/coatcheck/test/stores/near-cache-coherence.test.ts";
const optionTests = "packages/coatcheck/test/stores/near-cache.test.ts";
const findCopyTests = "packages/coatcheck/test/core/find-copy.test.ts";

/** What keeps a near-cache within its bound, and a copy from saying more than yes. */
export const nearCacheRules: readonly Rule[] = [
  {
    rule: "A removal that is heard of takes the copy away.",
    source: store,
    replace: "(removed) => this.#forget(removed),",
    with: "() => {},",
    tests,
    testName: "a copy is served until its removal is heard of, and not after that",
  },
  {
    rule: "A read that was overtaken while it was under way is not kept.",
    source: store,
    replace: "this.#isOpen && !lease.isOvertaken",
    with: "this.#isOpen",
    tests,
    testName: "a read that a removal overtook is not kept",
  },
  {
    rule: "A lease is taken before the read is sent.",
    source: store,
    replace: "else if (this.#isOpen && !lease.isOvertaken)",
    with: "else if (this.#isOpen && !this.#leases.take(sessionId, userKey).isOvertaken)",
    tests,
    testName: "a read that a removal overtook is not kept",
  },
  {
    rule: "A lease that was overtaken is not taken again.",
    source: leases,
    replace: `if (lease !== undefined) lease.isOvertaken = true;
    this.#leases.delete(sessionId);`,
    with: "if (lease !== undefined) lease.isOvertaken = true;",
    tests,
    testName: "a read is kept although an earlier one was overtaken",
  },
  {
    rule: "An interruption overtakes every read under way.",
    source: store,
    replace: "this.#leases.overtakeAll();",
    with: "",
    tests,
    testName: "a read that was sent before an interruption is not kept after it",
  },
  {
    rule: "While the channel is interrupted nothing is served from memory.",
    source: store,
    replace: 'this.#isOpen = state === "open";',
    with: "this.#isOpen = true;",
    tests,
    testName: "while the channel is interrupted nothing is served from memory, and nothing is kept",
  },
  {
    rule: "What was held before an interruption is dropped.",
    source: store,
    replace: "this.#copies.clear();",
    with: "",
    tests,
    testName: "what was held before an interruption is not served after it",
  },
  {
    rule: "A copy is served for no longer than the bound.",
    source: copies,
    replace: "if (now.monotonic - readAt.monotonic > this.#maximumAgeMilliseconds) return true;",
    with: "",
    tests,
    testName: "a clock that was set back does not stretch the age that the other clock tells",
  },
  {
    rule: "The age of a copy counts from before its read was sent.",
    source: store,
    replace: "this.#copies.keep(record, readAt);",
    with: "this.#copies.keep(record, this.#now());",
    tests,
    testName: "the age of a copy counts from before its read was sent",
  },
  {
    rule: "The age is checked when a copy is served.",
    source: copies,
    replace: "if (this.#isTooOld(copy, now)) return null;",
    with: "",
    tests,
    testName: "with a channel that is dead and unnoticed, a removed session is served for no longer than the bound",
  },
  {
    rule: "The wall clock counts where it says older: the other one stands still while the machine sleeps.",
    source: copies,
    replace: "return wallAge < 0 || wallAge > this.#maximumAgeMilliseconds;",
    with: "return wallAge < 0;",
    tests,
    testName: "a suspended machine serves nothing that grew old while it slept",
  },
  {
    rule: "A wall clock that was set back says nothing about an age.",
    source: copies,
    replace: "return wallAge < 0 || wallAge > this.#maximumAgeMilliseconds;",
    with: "return wallAge > this.#maximumAgeMilliseconds;",
    tests,
    testName: "a clock that was set back makes no copy young",
  },
  {
    rule: "A process reads its own deletes.",
    source: store,
    replace: `removed = await this.#store.delete(reference, reason);
    } finally {
      this.#forget(reference);`,
    with: `removed = await this.#store.delete(reference, reason);
    } finally {`,
    tests,
    testName: "after a delete of its own a process serves nothing of what it removed",
  },
  {
    rule: "A process reads its own deletes of all sessions of a user.",
    source: store,
    replace: "this.#forgetUser(userKey);",
    with: "",
    tests,
    testName: "after a deleteByUser of its own a process serves nothing of what it removed",
  },
  {
    rule: "A delete of a user's sessions overtakes the reads of them.",
    source: store,
    replace: "this.#leases.overtakeUser(userKey);",
    with: "",
    tests,
    testName: "after a deleteByUser of its own a process serves nothing of what it removed",
  },
  {
    rule: "A process reads its own evictions.",
    source: store,
    replace: "for (const session of removed) this.#forget(session);\n    // What has expired",
    with: "// What has expired",
    tests,
    testName: "after an insert that makes room of its own a process serves nothing of what it removed",
  },
  {
    rule: "A delete of a user's sessions takes away every copy of them, named in the answer or not.",
    source: store,
    replace: "this.#forgetUser(userKey);",
    with: "for (const session of removed ?? []) this.#forget(session);",
    tests,
    testName: "a deleteByUser takes away also what its answer does not name",
  },
  {
    rule: "A login of unknown outcome may have ended any session of its user.",
    source: store,
    replace: "this.#forgetUser(record.userKey);",
    with: "",
    tests,
    testName: "after an insert that makes room of unknown outcome a process serves nothing of what it may have changed",
  },
  {
    rule: "A process reads its own writes.",
    source: store,
    replace: `    } finally {
      this.#forget(reference);
    }
  }

  async delete(`,
    with: `    } finally {
    }
  }

  async delete(`,
    tests,
    testName: "a read sent after an update of its own brings back nothing of before",
  },
  {
    rule: "While a write of its own is under way a process does not serve what it replaces.",
    source: store,
    replace: `    this.#forget(reference);
    try {
      return await this.#store.update`,
    with: `    try {
      return await this.#store.update`,
    tests,
    testName: "while an update of its own is under way a process serves nothing of before",
  },
  {
    rule: "An absence overtakes the reads that were sent before it was found.",
    source: store,
    replace: "if (record === null) this.#forget(reference);",
    with: "if (record === null) this.#copies.drop(sessionId);",
    tests,
    testName: "a session that was found absent is not kept by a read that was sent earlier",
  },
  {
    rule: "A read that was sent earlier replaces no copy of a later one.",
    source: copies,
    replace: "if (held !== undefined && held.readAt.monotonic > readAt.monotonic) return;",
    with: "",
    tests,
    testName: "a read that was sent earlier does not replace what a later one brought",
  },
  {
    rule: "With settle a revoking call returns when the bound has passed.",
    source: store,
    replace: "await pause(this.#settleMilliseconds + 1);",
    with: "await pause(1);",
    tests: optionTests,
    testName: "a near-cache > that settles > returns from a delete only when no copy can be young enough any more",
  },
  {
    rule: "With settle a login that ends another session returns when the bound has passed.",
    source: store,
    replace: 'if (removed.some(({ reason }) => reason !== "expired")) await this.#settle();',
    with: "",
    tests: optionTests,
    testName:
      "a near-cache > that settles > returns from an insert that makes room only when no copy can be young enough any more",
  },
  {
    rule: "A session id is no copy's name without its user.",
    source: copies,
    replace: "copy === undefined || copy.record.userKey !== userKey",
    with: "copy === undefined",
    tests: optionTests,
    testName: "a near-cache > gives no copy to another user who names the session",
  },
  {
    rule: "A copy may say yes to the newest secret alone.",
    source: authenticator,
    replace: 'if (recognise(record, token, now) !== "current" || ',
    with: "if (",
    tests: findCopyTests,
    testName: "a copy at hand > decides nothing about a secret that it does not know",
  },
  {
    rule: "A copy says nothing while a newer secret is on its way.",
    source: authenticator,
    replace: "record === null || record.pending !== null",
    with: "record === null",
    tests: findCopyTests,
    testName: "a copy at hand > decides nothing while a newer secret is on its way",
  },
  {
    rule: "A copy never says that a login is fresh.",
    source: authenticator,
    replace: "if (expiresAt(record) <= now || isFresh(policy, record.current.authenticatedAt, now)) return null;",
    with: "if (expiresAt(record) <= now) return null;",
    tests: findCopyTests,
    testName: "a copy at hand > never says that a login is fresh",
  },
  {
    rule: "A copy does not say that a session has expired, and says yes to none that has.",
    source: authenticator,
    replace: "if (expiresAt(record) <= now || isFresh(",
    with: "if (isFresh(",
    tests: findCopyTests,
    testName: "a copy at hand > does not say that a session has expired: it may have been extended elsewhere",
  },
  {
    rule: "A copy does not spare the store a touch that is due.",
    source: authenticator,
    replace: ' || this.#changeFor(record, "current", slide, now) !== null',
    with: "",
    tests: findCopyTests,
    testName: "a copy at hand > does not keep a touch from being written",
  },
];
