import type { Rule } from "./rule.ts";

const manager = "packages/coatcheck/src/core/session-manager.ts";
const authenticator = "packages/coatcheck/src/core/authenticator.ts";
const rotation = "packages/coatcheck/src/core/secret-rotation.ts";
const tests = "packages/coatcheck/test/core";

const insert = "this.#store.insert(record, attempt, this.policy.limit, replaces)";
const memory = "packages/coatcheck/src/core/revocation-memory.ts";
const memoryTests = "packages/coatcheck/test/core/revocation-memory.test.ts";

/** The rules that core keeps, whatever the store. */
export const coreRules: readonly Rule[] = [
  {
    rule: "A login carries the fence as it was before the credential was read, not as it is at the insert.",
    source: manager,
    replace: insert,
    with: "this.#store.insert(record, await this.#store.readFence(attempt.userKey), this.policy.limit, replaces)",
    tests: `${tests}/login.test.ts`,
    testName: "the fence > a login whose attempt began before a revoke-all is refused",
  },
  {
    rule: "An insert of unknown outcome is never sent again.",
    source: manager,
    replace: insert,
    with: `${insert}.catch(() => ${insert})`,
    tests: `${tests}/store-faults.test.ts`,
    testName: "an insert of unknown outcome > is never sent again: neither the same record nor another one",
  },
  {
    rule: "A touch that the store refuses although nothing changed means that the session has expired.",
    source: authenticator,
    replace: " || record.version === lostVersion",
    with: "",
    tests: `${tests}/authenticate.test.ts`,
    testName: "time limits > the store's clock has the say: a touch that it refuses as late means expired",
  },
  {
    rule: "No secret is sent out while another is on its way.",
    source: rotation,
    replace: "if (record.pending !== null && !isPendingLost(record, now, purpose)) return false;",
    with: "",
    tests: `${tests}/rotation.test.ts`,
    testName: "no second secret goes out > while one is on its way",
  },
  {
    rule: "No rotation while a secret is in grace.",
    source: rotation,
    replace: '(purpose === "reauthentication" ? GRACE_SLOTS : 1)',
    with: "GRACE_SLOTS",
    tests: `${tests}/rotation.test.ts`,
    testName: "no second secret goes out > while one is in grace",
  },
  {
    rule: "Re-authentication cannot wait for a grace to end: it may use the second slot.",
    source: rotation,
    replace: '(purpose === "reauthentication" ? GRACE_SLOTS : 1)',
    with: "1",
    tests: `${tests}/reauthentication.test.ts`,
    testName: "session_busy > while two are in grace, and not while one is",
  },
  {
    rule: "Two replaced secrets may be in grace, each until its own deadline.",
    source: rotation,
    replace: ".slice(0, GRACE_SLOTS)",
    with: ".slice(0, 1)",
    tests: `${tests}/reauthentication.test.ts`,
    testName: "a re-authentication within the grace of another leaves the earlier secret its own 30 s",
  },
  {
    rule: "A new secret becomes current when it comes back, and only then.",
    source: authenticator,
    replace:
      'if (recognition === "pending") return { ...confirmPending(record, this.#parts.clocks.storeTime()), ...touch };',
    with: "",
    tests: `${tests}/token-reuse.test.ts`,
    testName: "a replaced secret that comes back after its grace > ends the session for both of its holders",
  },
  {
    rule: "The secret that a confirmed one replaces stays good for 30 s.",
    source: rotation,
    replace: "grace: [replaced, ...graceInForce(record, now)]",
    with: "grace: [...graceInForce(record, now)]",
    tests: `${tests}/rotation.test.ts`,
    testName: "once the new secret has come back, the old one is good for 30 s more",
  },
  {
    rule: "Grace ends.",
    source: rotation,
    replace: "now < secret.validUntil",
    with: "now > 0",
    tests: `${tests}/token-reuse.test.ts`,
    testName: "a replaced secret that comes back after its grace > ends the session for both of its holders",
  },
  {
    rule: "Until a new secret comes back, the one before it stays good.",
    source: rotation,
    replace: 'if (digestsMatch(digest, record.current.digest)) return "current";',
    with: 'if (digestsMatch(digest, record.current.digest) && record.pending === null) return "current";',
    tests: `${tests}/rotation.test.ts`,
    testName: "until the new secret comes back both are good, and the old one has no deadline but the session's",
  },
  {
    rule: "A secret that has not come back for 15 minutes is replaced by another.",
    source: rotation,
    replace: "(isSuspended ? SUSPENSION_SECONDS : REISSUE_SECONDS)",
    with: "(isSuspended ? SUSPENSION_SECONDS : Number.POSITIVE_INFINITY)",
    tests: `${tests}/rotation.test.ts`,
    testName: "lost responses > a secret that has not come back for 15 minutes is replaced by another",
  },
  {
    rule: "After three secrets in a row that never came back, no other is sent for a day.",
    source: rotation,
    replace: "pending.attempt < MAXIMUM_UNCONFIRMED_SECRETS",
    with: "pending.attempt >= 0",
    tests: `${tests}/rotation.test.ts`,
    testName: "lost responses > after three that never came back the session goes on, and the rotation rests for a day",
  },
  {
    rule: "Secrets that never came back end no session.",
    source: rotation,
    replace: 'if (digestsMatch(digest, record.current.digest)) return "current";',
    with: 'if (digestsMatch(digest, record.current.digest)) return suspendRotation(record, now) ? "reused" : "current";',
    tests: `${tests}/rotation.test.ts`,
    testName: "lost responses > after three that never came back the session goes on, and the rotation rests for a day",
  },
  {
    rule: "The last secret that counted as lost is good when it comes back.",
    source: rotation,
    replace: "{ pending: { ...pending, issuedAt: now, attempt: 0 } }",
    with: '{ pending: { ...pending, digest: "", issuedAt: now, attempt: 0 } }',
    tests: `${tests}/rotation.test.ts`,
    testName: "lost responses > the last of three that comes back after all is taken, and rotation goes on",
  },
  {
    rule: "A grace begins and ends by the store's time, whichever machine judges it.",
    source: authenticator,
    replace: "await clocks.requireMeasured(token.userKey);\n    return recognise(record, token, clocks.storeTime());",
    with: "return recognition;",
    tests: `${tests}/clock-skew.test.ts`,
    testName:
      "a machine whose clock is off > ahead where the old secret comes signs no second tab out, whose request was under way with the old secret",
  },
  {
    rule: "Who keeps the rotation at rest keeps no renewal back.",
    source: rotation,
    replace: "pending?.attempt === 0",
    with: "false",
    tests: `${tests}/renew-secrets.test.ts`,
    testName: "a copy that keeps the rotation at rest does not outlast a change of what its user may do",
  },
  {
    rule: "A secret in grace is never fresh.",
    source: authenticator,
    replace: '{ fresh: false, authenticatedAt: null, presented: "grace", rotationDue: false }',
    with: '{ fresh: isFresh(policy, record.current.authenticatedAt, now), authenticatedAt: record.current.authenticatedAt, presented: "grace", rotationDue: false }',
    tests: `${tests}/freshness.test.ts`,
    testName: "freshness belongs to the secret > a secret in grace is not fresh, although it was a moment ago",
  },
  {
    rule: "A secret in grace cannot rotate.",
    source: manager,
    replace: 'presented === "current" && mayIssueSecret(',
    with: "mayIssueSecret(",
    tests: `${tests}/rotation.test.ts`,
    testName: "no second secret goes out > for a secret in grace",
  },
  {
    rule: "A secret in grace cannot re-authenticate.",
    source: manager,
    replace: 'presented === "current" && mayIssueSecret(',
    with: "mayIssueSecret(",
    tests: `${tests}/reauthentication.test.ts`,
    testName: "session_busy > for a secret in grace, now and when the grace has run out",
  },
  {
    rule: "Every secret that the session once had is recognised when it comes back.",
    source: rotation,
    replace: '? "reused" : "unknown"',
    with: '? "unknown" : "unknown"',
    tests: `${tests}/token-reuse.test.ts`,
    testName: "a replaced secret that comes back after its grace > ends the session for both of its holders",
  },
  {
    rule: "A secret that was replaced for good revokes the session, for both of its holders.",
    source: authenticator,
    replace: 'await this.#parts.end(record, "token_reused", options);',
    with: "",
    tests: `${tests}/token-reuse.test.ts`,
    testName: "a replaced secret that comes back after its grace > ends the session for both of its holders",
  },
  {
    rule: "A secret that was never issued changes nothing: session ids are public.",
    source: rotation,
    replace: '? "reused" : "unknown"',
    with: '? "reused" : "reused"',
    tests: `${tests}/token-reuse.test.ts`,
    testName:
      "a made-up secret for a session whose id is known > is refused, changes nothing, and the store sees no write",
  },
  {
    rule: "Freshness belongs to the secret, not to the session.",
    source: authenticator,
    replace: "const { issuedAt, authenticatedAt } = record.current;",
    with: `const { issuedAt } = record.current;
    const { authenticatedAt } = record.pending ?? record.current;`,
    tests: `${tests}/freshness.test.ts`,
    testName:
      "freshness belongs to the secret > the old secret is not fresh, although its session has just been re-authenticated",
  },
  {
    rule: "A secret that is issued again is as fresh as the one that was presented for it.",
    source: manager,
    replace: "digestOf(partsOf(next).secret), record.current.authenticatedAt, now)",
    with: "digestOf(partsOf(next).secret), (record.pending ?? record.current).authenticatedAt, now)",
    tests: `${tests}/freshness.test.ts`,
    testName:
      "freshness belongs to the secret > the holder of the old secret cannot get a fresh one by having the lost one issued again",
  },
  {
    rule: "Re-authentication expects the version that was read before the proof was checked.",
    source: manager,
    replace: 'if (!(await this.#store.update(record, change, record.version))) return { outcome: "session_changed" };',
    with: `const { version } = (await this.#store.find(record)) ?? record;
    if (!(await this.#store.update(record, change, version))) return { outcome: "session_changed" };`,
    tests: `${tests}/reauthentication.test.ts`,
    testName:
      "session_changed: the session changed while the proof was checked > by anything else that was written to it: the check must be made anew, not only the write",
  },
  {
    rule: "What this process ended is refused for five minutes, whatever the store says.",
    source: memory,
    replace: "if (removed !== null) this.#rememberOwn([removed]);",
    with: "",
    tests: memoryTests,
    testName: "the memory of revocations > refuses what delete ended, although the store has it again",
  },
  {
    rule: "What all sessions of a user ended is refused for five minutes, whatever the store says.",
    source: memory,
    replace: `options);
    this.#rememberOwn(removed);`,
    with: "options);",
    tests: memoryTests,
    testName: "the memory of revocations > refuses what deleteByUser ended, although the store has it again",
  },
  {
    rule: "What another process ended is refused for five minutes, whatever the store says.",
    source: memory,
    replace: "(removed) => this.#remember(removed, false),",
    with: "() => {},",
    tests: memoryTests,
    testName: "the memory of revocations > refuses what another process ended, although the store has it again",
  },
  {
    rule: "What was remembered while it was read is refused.",
    source: memory,
    replace: "return this.#refuses(reference) ? null : record;",
    with: "return record;",
    tests: memoryTests,
    testName: "the memory of revocations > refuses a session whose removal is heard of while it is being read",
  },
  {
    rule: "After an interruption everything that is remembered is removed again.",
    source: memory,
    replace: "for (const sessionId of this.#remembered.keys()) this.#toRepeat.add(sessionId);",
    with: "",
    tests: memoryTests,
    testName:
      "the memory of revocations > removes everything it remembers again after an interruption, heard of or its own",
  },
  {
    rule: "What this process ended is made sure of before it is forgotten.",
    source: memory,
    replace: "if (isOwn) this.#toRepeat.add(sessionId);",
    with: "if (isOwn) this.#remembered.delete(sessionId);",
    tests: memoryTests,
    testName: "the memory of revocations > removes what this process ended once more before it is forgotten",
  },
];
