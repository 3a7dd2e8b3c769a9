import type { Rule } from "./rule.ts";

const store = "packages/coatcheck/src/stores/postgres.ts";
const statements = "packages/coatcheck/src/stores/postgres/session-statements.ts";
const rows = "packages/coatcheck/src/stores/postgres/session-rows.ts";
const tests = "packages/coatcheck/test/stores/postgres.servers.test.ts";
const turnTests = "packages/coatcheck/test/stores/postgres-transactions.servers.test.ts";
const group = "Postgres > with a time that tests move > ";
const turnGroup = "turns in Postgres > ";

const raiseFence = 'await run(sql.RAISE_FENCE, [userKey, randomBytes(12).toString("base64url"), this.#testTime]);';

type Entry = readonly [rule: string, within: string, replace: string, replacement: string, testName: string];

const storeRules: readonly Entry[] = [
  [
    "An insert is refused if a fence is present that its attempt did not see.",
    "PostgresSessionStore.insert.insertNow",
    "now, fence, isBuried, sessions",
    "now, fence: null, isBuried, sessions",
    "the fence > a deleteByUser between reading and insert refuses the insert",
  ],
  [
    "An insert is refused if its id has a tombstone.",
    "PostgresSessionStore.insert.insertNow",
    "now, fence, isBuried, sessions",
    "now, fence, isBuried: false, sessions",
    "calls at the same time > an insert sent again never comes after the removal of its session",
  ],
  [
    "A deleteByUser raises the fence, also if it spares a session.",
    "PostgresSessionStore.deleteByUser",
    raiseFence,
    `if (options.except === undefined) ${raiseFence}`,
    "the fence > a deleteByUser that spares a session refuses the logins that it overtakes all the same",
  ],
  [
    "A deleteByUser raises the fence, also if there is nothing to delete.",
    "PostgresSessionStore.deleteByUser",
    raiseFence,
    `if ((await run(sql.LIST_BY_USER, [userKey])).rows.length > 0) ${raiseFence}`,
    "the fence > every deleteByUser raises another fence: a login that saw the one before is refused",
  ],
  [
    "A fence has a random value, not a count that begins anew when the fence is gone.",
    "PostgresSessionStore.deleteByUser",
    'randomBytes(12).toString("base64url")',
    "String(randomBytes(12).length)",
    "the fence > every deleteByUser raises another fence: a login that saw the one before is refused",
  ],
  [
    "An insert returns what it evicted.",
    "PostgresSessionStore.insert.insertNow",
    'return { outcome: "inserted", removed };',
    'return { outcome: "inserted", removed: [] };',
    "the limit > at the limit the least recently seen session is evicted",
  ],
];

const statementRules: readonly Entry[] = [
  [
    "A session that is removed young leaves a tombstone.",
    "buryAndTell",
    "- created_at < ",
    "- created_at > 9e15 + ",
    "tombstones > an insert sent again after a delete brings nothing back",
  ],
  [
    "A tombstone outlives every insert that it must refuse, also when the clock steps back.",
    "buryAndTell",
    "FROM gone\n      WHERE",
    "- 300000 FROM gone\n      WHERE",
    "tombstones > a tombstone outlives the insert under way also when the clock steps back",
  ],
  [
    "A fence outlives every login that it must refuse, also when the clock steps back.",
    "RAISE_FENCE",
    "SET value = $2, valid_until = ",
    "SET value = $2, valid_until = -300000 + ",
    "the fence > a fence outlives the logins that it overtook also when the clock steps back",
  ],
  [
    "A fence lives on when the user has no session left.",
    "REMOVE_OLD_FENCES",
    "SELECT user_key FROM coatcheck_fences WHERE valid_until <= ",
    "SELECT user_key FROM coatcheck_fences WHERE valid_until <= 1000000 + ",
    "the fence > a fence lives for its lifetime although no session is left",
  ],
  [
    "A tombstone lives on when the user has no session left.",
    "REMOVE_OLD_TOMBSTONES",
    "WHERE buried_until <= ",
    "WHERE buried_until <= 1000000 + ",
    "tombstones > a tombstone does not go with the user's last session",
  ],
  [
    "An update changes nothing if the session changed since it was read.",
    "updateStatement",
    "AND version = $3 AND",
    "AND $3::integer IS NOT NULL AND",
    "calls at the same time > of parallel updates that expect one version one is applied",
  ],
  [
    "An update changes nothing once the stored deadline has passed by the store's clock.",
    "updateStatement",
    "< least(idle_deadline, absolute_deadline)",
    "< 9e15 + least(idle_deadline, absolute_deadline)",
    "find and update > from its stored idleDeadline on, no update brings a session back to life",
  ],
  [
    "Every removal is published, by the statement that removes.",
    "buryAndTell",
    "pg_notify(",
    "concat(",
    "subscriptions > a delete is published once to every subscriber, in every process",
  ],
];

function ruleIn(source: string): (entry: Entry) => Rule {
  return ([rule, within, replace, replacement, testName]) => ({
    rule,
    source,
    within,
    replace,
    with: replacement,
    tests,
    testName: group + testName,
  });
}

/** The rules that a store keeps, taken out of the Postgres store and of its statements. */
export const postgresRules: readonly Rule[] = [
  ...storeRules.map(ruleIn(store)),
  ...statementRules.map(ruleIn(statements)),
  {
    rule: "A deadline only ever moves forward.",
    source: rows,
    within: "assignmentsOf",
    replace: "idle_deadline = greatest(idle_deadline, ?)",
    with: "idle_deadline = ?",
    tests,
    testName: `${group}find and update > deadlines only move forward, each on its own`,
  },
  {
    rule: "A login locks the user's fence row before it looks at the fence: a revoke-all waits for it, and ends it.",
    source: statements,
    within: "LOCK_FENCE_ROW",
    replace: '"SELECT 1 FROM coatcheck_fences WHERE user_key = $1 FOR UPDATE"',
    with: '"SELECT 1 FROM coatcheck_fences WHERE user_key = $1"',
    tests: turnTests,
    testName: `${turnGroup}a login waits for its turn, and sees what was done before it`,
  },
  {
    rule: "The fence row is created if absent, so that there is always something to lock.",
    source: store,
    within: "PostgresSessionStore.#takeTurn",
    replace: `await run(sql.CREATE_FENCE_ROW, [userKey, this.#testTime]);
      isLocked = (await run(sql.LOCK_FENCE_ROW, [userKey])).rows.length === 1;`,
    with: `await run(sql.LOCK_FENCE_ROW, [userKey]);
      isLocked = true;`,
    tests: turnTests,
    testName: `${turnGroup}the first two logins of a user never exceed the limit`,
  },
  {
    rule: "The lock is taken in a statement of its own: what is read afterwards is read anew.",
    source: store,
    within: "PostgresSessionStore.insert.insertNow",
    replace: `await this.#takeTurn(run, userKey);
      const sessions = (await run(sql.LIST_HELD, [userKey])).rows.map(rows.heldRecordOfPostgresRow);`,
    with: `const sessions = (await run(sql.LIST_HELD, [userKey])).rows.map(rows.heldRecordOfPostgresRow);
      await this.#takeTurn(run, userKey);`,
    tests: turnTests,
    testName: `${turnGroup}a login waits for its turn, and sees what was done before it`,
  },
  {
    rule: "A revoke-all takes its turn before it raises the fence.",
    source: store,
    within: "PostgresSessionStore.deleteByUser",
    replace: `await this.#takeTurn(run, userKey);
      ${raiseFence}`,
    with: raiseFence,
    tests: turnTests,
    testName: `${turnGroup}a revoke-all of a user who never logged in fences the login under way`,
  },
  {
    rule: "Statements are prepared by default on connections to Postgres itself alone.",
    source: "packages/coatcheck/src/stores/postgres/connections.ts",
    within: "Connections.#lend",
    replace: "this.#preparesStatements ?? this.watch.isDirect(client)",
    with: "this.#preparesStatements ?? true",
    tests: "packages/coatcheck/test/stores/postgres-prepared-statements.servers.test.ts",
    testName:
      "Statements that each request runs > behind PgBouncer > are not prepared: another connection may get them",
  },
];
