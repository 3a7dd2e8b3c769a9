import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/stores/sqlite.ts";
const tests = "packages/coatcheck/test/stores/sqlite.files.test.ts";

const raiseFence =
  'this.#statements.raiseFence.run(userKey, randomBytes(12).toString("base64url"), now + FENCE_LIFETIME);';

/** What a store accepts and refuses, taken out of the SQLite store. */
export const sqliteRules: readonly Rule[] = [
  {
    rule: "An insert is refused if a fence is present that its attempt did not see.",
    source,
    within: "SqliteSessionStore.#insert",
    replace: "fence: this.#fenceInForce(record.userKey, now)",
    with: "fence: null",
    tests,
    testName: "the fence > a deleteByUser between reading and insert refuses the insert",
  },
  {
    rule: "An insert is refused if its id has a tombstone.",
    source,
    within: "SqliteSessionStore.#insert",
    replace: "isBuried: this.#isBuried(record, now)",
    with: "isBuried: false",
    tests,
    testName: "calls at the same time > an insert sent again never comes after the removal of its session",
  },
  {
    rule: "A session that is removed young leaves a tombstone.",
    source,
    within: "SqliteSessionStore.#remove",
    replace: "if (now - createdAt < FENCE_LIFETIME) this.#statements.bury.run",
    with: "if (now < createdAt) this.#statements.bury.run",
    tests,
    testName: "tombstones > an insert sent again after a delete brings nothing back",
  },
  {
    rule: "A session that is evicted young leaves a tombstone.",
    source,
    within: "SqliteSessionStore.#insert",
    replace: 'this.#remove(decision.evicted, "evicted", now)',
    with: 'this.#remove(decision.evicted, "evicted", now + FENCE_LIFETIME)',
    tests,
    testName: "tombstones > an insert sent again after an eviction brings nothing back",
  },
  {
    rule: "An update of a session that is gone is false.",
    source,
    within: "SqliteSessionStore.update",
    replace: "if (record === null || record.version !== expectedVersion) return false;",
    with: `if (record === null) return true;
      if (record.version !== expectedVersion) return false;`,
    tests,
    testName: "find and update > an update never revives a session that was removed",
  },
  {
    rule: "An update changes nothing if the session changed since it was read.",
    source,
    within: "SqliteSessionStore.update",
    replace: "record === null || record.version !== expectedVersion",
    with: "record === null",
    tests,
    testName: "calls at the same time > of parallel updates that expect one version one is applied",
  },
  {
    rule: "An update changes nothing once the stored deadline has passed by the store's clock.",
    source,
    within: "SqliteSessionStore.update",
    replace: "if (this.#clock.now() >= expiresAt(record)) return false;",
    with: "",
    tests,
    testName: "find and update > from its stored idleDeadline on, no update brings a session back to life",
  },
  {
    rule: "A deleteByUser raises the fence, also if it spares a session.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: raiseFence,
    with: `if (options.except === undefined) ${raiseFence}`,
    tests,
    testName: "the fence > a deleteByUser that spares a session refuses the logins that it overtakes all the same",
  },
  {
    rule: "A deleteByUser raises the fence, also if there is nothing to delete.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: raiseFence,
    with: `if (this.#list(userKey).length > 0) ${raiseFence}`,
    tests,
    testName: "the fence > every deleteByUser raises another fence: a login that saw the one before is refused",
  },
  {
    rule: "A fence has a random value, not a count that begins anew when the fence is gone.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: 'randomBytes(12).toString("base64url")',
    with: "String(Number(this.#fenceInForce(userKey, now) ?? 0) + 1)",
    tests,
    testName: "the fence > a fence raised after another expired never has an old value",
  },
  {
    rule: "The fence is raised in the transaction in which the sessions are deleted.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: `      ${raiseFence}
      const ended = this.#held(userKey).filter(({ sessionId }) => sessionId !== options.except);
      return this.#remove(ended, reason, now);
    });`,
    with: `      const ended = this.#held(userKey).filter(({ sessionId }) => sessionId !== options.except);
      return this.#remove(ended, reason, now);
    });
    await this.#connection.write("durable", () => {
      const now = this.#clock.now();
      ${raiseFence}
    });`,
    tests,
    testName:
      "calls at the same time > nothing that began before a deleteByUser outlives it, however logins and updates race it",
  },
  {
    rule: "A fence outlives every login that it must refuse, also when the clock steps back.",
    source,
    within: "SqliteSessionStore.deleteByUser",
    replace: 'randomBytes(12).toString("base64url"), now + FENCE_LIFETIME',
    with: 'randomBytes(12).toString("base64url"), now + MAXIMUM_LOGIN_SECONDS * 1_000 + 1',
    tests,
    testName: "the fence > a fence outlives the logins that it overtook also when the clock steps back",
  },
  {
    rule: "A tombstone outlives every insert that it must refuse, also when the clock steps back.",
    source,
    within: "SqliteSessionStore.#remove",
    replace: "bury.run(userKey, sessionId, now + FENCE_LIFETIME)",
    with: "bury.run(userKey, sessionId, now + MAXIMUM_LOGIN_SECONDS * 1_000 + 1)",
    tests,
    testName: "tombstones > a tombstone outlives the insert under way also when the clock steps back",
  },
  {
    rule: "A fence lives on when the user has no session left.",
    source,
    within: "SqliteSessionStore.#removeExpired",
    replace: "this.#statements.removeOldFences.run(now);",
    with: "this.#statements.removeOldFences.run(Number.MAX_SAFE_INTEGER);",
    tests,
    testName: "the fence > a fence lives for its lifetime although no session is left",
  },
  {
    rule: "A tombstone lives on when the user has no session left.",
    source,
    within: "SqliteSessionStore.#removeExpired",
    replace: "this.#statements.removeOldTombstones.run(now);",
    with: "this.#statements.removeOldTombstones.run(Number.MAX_SAFE_INTEGER);",
    tests,
    testName: "tombstones > a tombstone does not go with the user's last session",
  },
];
