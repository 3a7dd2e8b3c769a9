import type { Rule } from "./rule.ts";

const source = "packages/coatcheck/src/stores/memory.ts";
const decision = "packages/coatcheck/src/core/insert-decision.ts";
const tests = "packages/coatcheck/test/stores/memory.test.ts";
const raiseFence = `user.fence = { value: randomBytes(12).toString("base64url"), validUntil: now + FENCE_LIFETIME };
    this.#calendar.file(userKey, user.fence.validUntil);`;

/** What a store accepts and refuses, taken out of the memory store. */
export const memoryRules: readonly Rule[] = [
  {
    rule: "An insert is refused if a fence is present that its attempt did not see.",
    source: decision,
    within: "decideInsert",
    replace: 'if (fence !== null && fence !== reading.fence) return { outcome: "login_overtaken" };',
    with: "",
    tests,
    testName: "the fence > a deleteByUser between reading and insert refuses the insert",
  },
  {
    rule: "An absent fence refuses no login.",
    source: decision,
    within: "decideInsert",
    replace: "fence !== null && fence !== reading.fence",
    with: "fence !== reading.fence",
    tests,
    testName: "the fence > a fence that merely expired refuses no login that saw it",
  },
  {
    rule: "An insert is refused if its attempt is too old for a fence to be still there.",
    source: decision,
    within: "decideInsert",
    replace: 'if (now - reading.readAt > MAXIMUM_LOGIN_SECONDS * 1_000) return { outcome: "login_expired" };',
    with: "",
    tests,
    testName: "the fence > a login may take as long as it is allowed to, and no longer",
  },
  {
    rule: "An insert never overwrites.",
    source: decision,
    within: "decideInsert",
    replace: "isTaken || facts.isBuried",
    with: "facts.isBuried",
    tests,
    testName: "insert > an id in use is unavailable, and its session stays as it was",
  },
  {
    rule: "An insert is refused if its id has a tombstone.",
    source: decision,
    within: "decideInsert",
    replace: "isTaken || facts.isBuried",
    with: "isTaken",
    tests,
    testName: "calls at the same time > an insert sent again never comes after the removal of its session",
  },
  {
    rule: "A session that is removed young leaves a tombstone.",
    source,
    within: "MemorySessionStore.#remove",
    replace: "now - record.createdAt < FENCE_LIFETIME",
    with: "now < record.createdAt",
    tests,
    testName: "tombstones > an insert sent again after a delete brings nothing back",
  },
  {
    rule: "A session that is evicted young leaves a tombstone.",
    source,
    within: "MemorySessionStore.insert",
    replace: 'this.#remove(user, session, "evicted", now)',
    with: 'this.#remove(user, session, "evicted", now + FENCE_LIFETIME)',
    tests,
    testName: "tombstones > an insert sent again after an eviction brings nothing back",
  },
  {
    rule: "The check of the limit and the write are one step.",
    source,
    within: "MemorySessionStore.insert",
    replace: "this.#users.set(record.userKey, user);",
    with: "await null; this.#users.set(record.userKey, user);",
    tests,
    testName: "calls at the same time > parallel logins never exceed the limit of a policy to evict",
  },
  {
    rule: "An update never creates.",
    source,
    within: "MemorySessionStore.update",
    replace: "if (user === undefined || record === null) return false;",
    with: `if (user === undefined) return false;
    if (record === null) {
      user.put(applyChange({ ...reference } as SessionRecord, change));
      return true;
    }`,
    tests,
    testName: "find and update > an update never revives a session that was removed",
  },
  {
    rule: "An update changes nothing if the session changed since it was read.",
    source,
    within: "MemorySessionStore.update",
    replace: "record.version !== expectedVersion || ",
    with: "",
    tests,
    testName: "calls at the same time > of parallel updates that expect one version one is applied",
  },
  {
    rule: "An update changes nothing once the stored deadline has passed by the store's clock.",
    source,
    within: "MemorySessionStore.update",
    replace: " || this.#clock.now() >= expiresAt(record)",
    with: "",
    tests,
    testName: "find and update > from its stored idleDeadline on, no update brings a session back to life",
  },
  {
    rule: "A deleteByUser raises the fence, also if it spares a session.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: raiseFence,
    with: `if (options.except === undefined) {
      ${raiseFence}
    }`,
    tests,
    testName: "the fence > a deleteByUser that spares a session refuses the logins that it overtakes all the same",
  },
  {
    rule: "A deleteByUser raises the fence, also if there is nothing to delete.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: raiseFence,
    with: `if (user.size > 0) {
      ${raiseFence}
    }`,
    tests,
    testName: "the fence > every deleteByUser raises another fence: a login that saw the one before is refused",
  },
  {
    rule: "A fence has a random value, not a count that begins anew when the fence is gone.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: 'randomBytes(12).toString("base64url")',
    with: "String(Number(fenceInForce(user, now) ?? 0) + 1)",
    tests,
    testName: "the fence > a fence raised after another expired never has an old value",
  },
  {
    rule: "The fence is raised in the same step in which the sessions are deleted.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: `    const removed = user
      .all()
      .filter((record) => record.sessionId !== options.except)
      .map((record) => this.#remove(user, record, reason, now));
    this.#listeners.tell(removed);
    return removed;`,
    with: `    const { fence } = user;
    user.fence = null;
    const removed = user
      .all()
      .filter((record) => record.sessionId !== options.except)
      .map((record) => this.#remove(user, record, reason, now));
    await null;
    user.fence = fence;
    this.#listeners.tell(removed);
    return removed;`,
    tests,
    testName:
      "calls at the same time > nothing that began before a deleteByUser outlives it, however logins and updates race it",
  },
  {
    rule: "A fence outlives every login that it must refuse, also when the clock steps back.",
    source,
    within: "MemorySessionStore.deleteByUser",
    replace: "validUntil: now + FENCE_LIFETIME",
    with: "validUntil: now + MAXIMUM_LOGIN_SECONDS * 1_000 + 1",
    tests,
    testName: "the fence > a fence outlives the logins that it overtook also when the clock steps back",
  },
  {
    rule: "A tombstone outlives every insert that it must refuse, also when the clock steps back.",
    source,
    within: "MemorySessionStore.#remove",
    replace: "user.tombstones.set(sessionId, now + FENCE_LIFETIME);",
    with: "user.tombstones.set(sessionId, now + MAXIMUM_LOGIN_SECONDS * 1_000 + 1);",
    tests,
    testName: "tombstones > a tombstone outlives the insert under way also when the clock steps back",
  },
  {
    rule: "A fence lives on when the user has no session left.",
    source,
    within: "MemorySessionStore.#remove",
    replace: "user.remove(sessionId);",
    with: "user.remove(sessionId); if (user.size === 0) user.fence = null;",
    tests,
    testName: "the fence > a fence outlives the removal of every session that it spared",
  },
  {
    rule: "A tombstone lives on when the user has no session left.",
    source,
    within: "MemorySessionStore.#remove",
    replace: "user.remove(sessionId);",
    with: "user.remove(sessionId); if (user.size === 0) this.#users.delete(userKey);",
    tests,
    testName: "tombstones > a tombstone does not go with the user's last session",
  },
];
