import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/stores/sqlite.ts";
const removalLog = "packages/coatcheck/src/stores/sqlite/removal-log.ts";
const connection = "packages/coatcheck/src/stores/sqlite/connection.ts";
const tests = "packages/coatcheck/test/stores/sqlite.test.ts";
const removalTests = "packages/coatcheck/test/stores/sqlite-removals.test.ts";
const transactionTests = "packages/coatcheck/test/stores/sqlite-transactions.test.ts";

const raiseFence =
  'this.#statements.raiseFence.run(userKey, randomBytes(12).toString("base64url"), now + FENCE_LIFETIME);';

const oneTransaction = `this.#begin.run();
      try {
        const result = operation();
        this.#commit.run();
        return result;
      }`;

/** The rules that a store keeps, taken out of the SQLite store. */
export const sqliteRules: readonly Rule[] = [
  {
    rule: "An insert is refused if a fence is present that its attempt did not see.",
    source,
    replace: 'if (fence !== null && fence !== reading.fence) return { outcome: "login_overtaken" };',
    with: "",
    tests,
    testName: "the fence > a deleteByUser between reading and insert refuses the insert",
  },
  {
    rule: "An absent fence refuses nobody.",
    source,
    replace: "fence !== null && fence !== reading.fence",
    with: "fence !== reading.fence",
    tests,
    testName: "the fence > a fence that merely expired refuses no login that saw it",
  },
  {
    rule: "An insert is refused if its attempt is too old for a fence to be still there.",
    source,
    replace: 'if (now - reading.readAt > MAXIMUM_LOGIN_SECONDS * 1_000) return { outcome: "login_expired" };',
    with: "",
    tests,
    testName: "the fence > a login may take as long as it is allowed to, and no longer",
  },
  {
    rule: "An insert never overwrites.",
    source,
    replace: "if (this.#find(record) !== null || this.#isBuried(record, now))",
    with: `this.#statements.delete.run(record.userKey, record.sessionId);
    if (this.#isBuried(record, now))`,
    tests,
    testName: "insert > an id in use is unavailable, and its session stays as it was",
  },
  {
    rule: "An insert is refused if its id has a tombstone.",
    source,
    replace: "this.#find(record) !== null || this.#isBuried(record, now)",
    with: "this.#find(record) !== null",
    tests,
    testName: "calls at the same time > an insert sent again never comes after the removal of its session",
  },
  {
    rule: "A session that is removed young leaves a tombstone.",
    source,
    replace: "if (now - createdAt < FENCE_LIFETIME) this.#statements.bury.run",
    with: "if (now < createdAt) this.#statements.bury.run",
    tests,
    testName: "tombstones > an insert sent again after a delete brings nothing back",
  },
  {
    rule: "A session that is evicted young leaves a tombstone.",
    source,
    replace: 'live.slice(0, Math.max(0, surplus)), "evicted", now)',
    with: 'live.slice(0, Math.max(0, surplus)), "evicted", now + FENCE_LIFETIME)',
    tests,
    testName: "tombstones > an insert sent again after an eviction brings nothing back",
  },
  {
    rule: "An update of a session that is gone is false.",
    source,
    replace: "if (record === null || record.version !== expectedVersion) return false;",
    with: `if (record === null) return true;
      if (record.version !== expectedVersion) return false;`,
    tests,
    testName: "find and update > an update never revives a session that was removed",
  },
  {
    rule: "An update changes nothing if the session changed since it was read.",
    source,
    replace: "record === null || record.version !== expectedVersion",
    with: "record === null",
    tests,
    testName: "calls at the same time > of parallel updates that expect one version one is applied",
  },
  {
    rule: "An update changes nothing once the stored deadline has passed by the store's clock.",
    source,
    replace: "if (this.#clock.now() >= expiresAt(record)) return false;",
    with: "",
    tests,
    testName: "find and update > from its stored idleDeadline on, no update brings a session back to life",
  },
  {
    rule: "A deleteByUser raises the fence, also if it spares a session.",
    source,
    replace: raiseFence,
    with: `if (options.except === undefined) ${raiseFence}`,
    tests,
    testName: "the fence > a deleteByUser that spares a session refuses the logins that it overtakes all the same",
  },
  {
    rule: "A deleteByUser raises the fence, also if there is nothing to delete.",
    source,
    replace: raiseFence,
    with: `if (this.#list(userKey).length > 0) ${raiseFence}`,
    tests,
    testName: "the fence > every deleteByUser raises another fence: a login that saw the one before is refused",
  },
  {
    rule: "A fence has a random value, not a count that begins anew when the fence is gone.",
    source,
    replace: 'randomBytes(12).toString("base64url")',
    with: "String(Number(this.#fenceInForce(userKey, now) ?? 0) + 1)",
    tests,
    testName: "the fence > a fence raised after another expired never has an old value",
  },
  {
    rule: "The fence is raised in the transaction in which the sessions are deleted.",
    source,
    replace: `      ${raiseFence}
      const ended = this.#list(userKey).filter((record) => record.sessionId !== options.except);
      return this.#remove(ended, reason, now);
    });`,
    with: `      const ended = this.#list(userKey).filter((record) => record.sessionId !== options.except);
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
    replace: 'randomBytes(12).toString("base64url"), now + FENCE_LIFETIME',
    with: 'randomBytes(12).toString("base64url"), now + MAXIMUM_LOGIN_SECONDS * 1_000 + 1',
    tests,
    testName: "the fence > a fence outlives the logins that it overtook also when the clock steps back",
  },
  {
    rule: "A tombstone outlives every insert that it must refuse, also when the clock steps back.",
    source,
    replace: "bury.run(userKey, sessionId, now + FENCE_LIFETIME)",
    with: "bury.run(userKey, sessionId, now + MAXIMUM_LOGIN_SECONDS * 1_000 + 1)",
    tests,
    testName: "tombstones > a tombstone outlives the insert under way also when the clock steps back",
  },
  {
    rule: "A fence lives on when the user has no session left.",
    source,
    replace: "this.#statements.removeOldFences.run(now);",
    with: "this.#statements.removeOldFences.run(Number.MAX_SAFE_INTEGER);",
    tests,
    testName: "the fence > a fence lives for its lifetime although no session is left",
  },
  {
    rule: "A tombstone lives on when the user has no session left.",
    source,
    replace: "this.#statements.removeOldTombstones.run(now);",
    with: "this.#statements.removeOldTombstones.run(Number.MAX_SAFE_INTEGER);",
    tests,
    testName: "tombstones > a tombstone does not go with the user's last session",
  },
  {
    rule: "An insert returns what it evicted.",
    source,
    replace: 'return { outcome: "inserted", removed };',
    with: 'return { outcome: "inserted", removed: [] };',
    tests,
    testName: "the limit > at the limit the least recently seen session is evicted",
  },
  {
    rule: "A delete returns what it removed.",
    source,
    replace: "return removed[0] ?? null;",
    with: "return null;",
    tests,
    testName:
      "removals and lists > a session deleted as logged_out is gone, and reported as that by each kind of removal",
  },
  {
    rule: "A deleteByUser returns what it removed.",
    source,
    replace: `return removed;
  }

  listByUser(`,
    with: `return [];
  }

  listByUser(`,
    tests,
    testName: "removals and lists > a deleteByUser removes all of the user's sessions, and nobody else's",
  },
  {
    rule: "A sweep returns what it removed.",
    source,
    replace: "removed.push(...batch);",
    with: "",
    tests,
    testName: "expiry > a sweep removes a user's expired sessions and leaves the others",
  },
  {
    rule: "What an insert removes is published in this process.",
    source,
    replace: 'if (result.outcome === "inserted") this.#removals.publish();',
    with: "",
    tests: removalTests,
    testName: "an eviction of one's own is heard of when it returns",
  },
  {
    rule: "What a delete removes is published in this process.",
    source,
    replace: `this.#removals.publish();
    return removed[0] ?? null;`,
    with: "return removed[0] ?? null;",
    tests: removalTests,
    testName: "a delete of one's own is heard of when it returns",
  },
  {
    rule: "What a deleteByUser removes is published in this process.",
    source,
    replace: `this.#removals.publish();
    return removed;`,
    with: "return removed;",
    tests: removalTests,
    testName: "a deleteByUser of one's own is heard of when it returns",
  },
  {
    rule: "What a sweep removes is published in this process.",
    source,
    replace: `this.#removals.publish();
      removed.push(...batch);`,
    with: "removed.push(...batch);",
    tests: removalTests,
    testName: "a sweep of one's own is heard of when it returns",
  },
  {
    rule: "Every removal is published to the other processes.",
    source,
    replace: "this.#removals.append(removed, now);",
    with: "",
    tests,
    testName: "subscriptions > a delete is published once to every subscriber, in every process",
  },
  {
    rule: "A removal and its publication are one transaction.",
    source,
    replace: "this.#removals.append(removed, now);",
    with: "queueMicrotask(() => this.#removals.append(removed, now));",
    tests: transactionTests,
    testName: "a process that dies as soon as a removal is committed has told the others of it",
  },
  {
    rule: "What another process removed is heard of.",
    source: removalLog,
    replace: "if (dataVersion === this.#lastDataVersion) return;",
    with: "if (dataVersion !== null) return;",
    tests,
    testName: "subscriptions > an eviction is published",
  },
  {
    rule: "A transaction takes the write lock before it checks the fence and the limit, evicts and writes.",
    source: connection,
    replace: '"BEGIN IMMEDIATE"',
    with: '"BEGIN"',
    tests: transactionTests,
    testName:
      "a login that comes while another looks at the limit has to wait: the first to look is the one that stays",
  },
  {
    rule: "The check of the fence and the write of the session are one transaction.",
    source: connection,
    replace: oneTransaction,
    with: "try { return operation(); }",
    tests: transactionTests,
    testName: "a revoke-all that comes after a login has looked at the fence waits for the login, and ends it",
  },
  {
    rule: "The check of the version and the write of the change are one transaction.",
    source: connection,
    replace: oneTransaction,
    with: "try { return operation(); }",
    tests: transactionTests,
    testName: "an update that comes while another is between reading and writing is told that it came too late",
  },
];
