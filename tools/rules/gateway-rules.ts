import type { Rule } from "./rule.ts";

const changes = "apps/gateway/src/accounts/credentials/credential-changes.ts";
const tests = "apps/gateway/test/accounts/credentials/credential-changes.servers.test.ts";

const nearCache = "apps/gateway/src/accounts/near-cache-account-store.ts";
const nearCacheTests = "apps/gateway/test/accounts/near-cache-account-store.files.test.ts";
const accountTests = "apps/gateway/test/storage/account-store.servers.test.ts";

/** The rules about sessions and a credential that changes, and about whose sessions they are. */
export const gatewayRules: readonly Rule[] = [
  {
    rule: "A change of the password has ended every session before the caller's new one begins.",
    source: changes,
    within: "CredentialChanges.changeOwnPassword",
    replace: `    await this.#finish(pending);
`,
    with: "",
    tests,
    testName:
      "on SQLite > the owner's change of password > ends all sessions, the caller's too, and lets the caller begin a new one",
  },
  {
    rule: "A change of the password that was overtaken is followed by no login.",
    source: changes,
    within: "CredentialChanges.stillHolds",
    replace:
      "return (\n      credential !== null && !credential.account.disabled && credential.passwordHash === PasswordProof.hashOf(proof)\n    );",
    with: "return credential !== null;",
    tests,
    testName:
      "on SQLite > the owner's change of password > lets no login follow when it was overtaken by 'another password' before the new session could begin",
  },
  {
    rule: "A pending revocation stays until the session store has taken it.",
    source: changes,
    within: "CredentialChanges.#revoke",
    replace: `    const ended = await this.#parts.sessions.revokeAll(pending.userId, pending.reason);
    await this.#parts.accounts.completePendingRevocation(pending);`,
    with: `    await this.#parts.accounts.completePendingRevocation(pending);
    const ended = await this.#parts.sessions.revokeAll(pending.userId, pending.reason);`,
    tests,
    testName:
      "on SQLite > while the session store is down > a change fails with the store's fault, stands, and shuts the sessions out until it is finished",
  },
  {
    rule: "While a revocation is pending no session of the user passes.",
    source: "apps/gateway/src/accounts/session-owner.ts",
    within: "mayPass",
    replace: "return !account.disabled && pendingRevocation === null;",
    with: "return !account.disabled;",
    tests,
    testName:
      "on SQLite > while the session store is down > a change fails with the store's fault, stands, and shuts the sessions out until it is finished",
  },
  {
    rule: "A session passes a door only while its account may be signed in.",
    source: "apps/gateway/src/doors/origin-doors.ts",
    within: "openDoors",
    replace: "      isActive: mayPass,\n",
    with: "",
    tests: "apps/gateway/test/doors/origin-doors.test.ts",
    testName: "a session passes only while its account may be signed in",
  },
  {
    rule: "A copy of an account may only say yes: what may not pass is not held.",
    source: nearCache,
    within: "NearCacheAccountStore.#read",
    replace: "owner !== null && mayPass(owner);",
    with: "owner !== null && mayPass({ ...owner, pendingRevocation: null, account: { ...owner.account, disabled: false } });",
    tests: nearCacheTests,
    testName: "what says no is never held: it is read each time, and yes is said at once when it is so",
  },
  {
    rule: "While no changes are heard no account is held.",
    source: nearCache,
    within: "NearCacheAccountStore.#forgetAll",
    replace: "this.#isListening = isListening;",
    with: "this.#isListening = this.#isListening || isListening;",
    tests: nearCacheTests,
    testName: "nothing is held while nothing is heard",
  },
  {
    rule: "A read of an account that was overtaken is not held.",
    source: nearCache,
    within: "NearCacheAccountStore.#read",
    replace: "changes === this.#changes && ",
    with: "changes <= this.#changes && ",
    tests: nearCacheTests,
    testName: "a read that was overtaken by a change that is heard of is not held",
  },
  {
    rule: "The age of an account's copy counts from before its read was sent.",
    source: nearCache,
    within: "NearCacheAccountStore.#read",
    replace: `    const readAt = this.#now();
    const owner = await this.#store.findSessionOwner(userId);`,
    with: `    const owner = await this.#store.findSessionOwner(userId);
    const readAt = this.#now();`,
    tests: nearCacheTests,
    testName: "the bound counts from before the read was sent",
  },
  {
    rule: "A process sees its own changes of accounts.",
    source: nearCache,
    within: "NearCacheAccountStore.#changing",
    replace: `    this.#forget(userId);
    try {
      return await change();
    } finally {
      this.#forget(userId);
    }`,
    with: "    return await change();",
    tests: nearCacheTests,
    testName: "after a ban of its own the user does not pass, heard of or not",
  },
  {
    rule: "An account in SQLite is never taken from an earlier revision of the file.",
    source: "apps/gateway/src/storage/sqlite/owner-copies.ts",
    within: "OwnerCopies.get",
    replace: "if (revision !== this.#revision) {",
    with: "if (this.#revision === -1) {",
    tests: accountTests,
    testName: "on SQLite > what any process changes is seen by the very next call",
  },
  {
    rule: "A change of its own makes another revision of a SQLite file.",
    source: "apps/gateway/src/storage/sqlite/account-database.ts",
    within: "AccountDatabase.#transact",
    replace: "this.#revision += 1;",
    with: "",
    tests: accountTests,
    testName: "on SQLite > what any process changes is seen by the very next call",
  },
];
