import type { Rule } from "./rule.ts";

const changes = "apps/gateway/src/accounts/credential-changes.ts";
const tests = "apps/gateway/test/accounts/credential-changes.test.ts";

/** The rules about sessions and a credential that changes. */
export const gatewayRules: readonly Rule[] = [
  {
    rule: "After a change of the password the caller's new session begins under the new fence.",
    source: changes,
    replace: `    await this.#finish(pending);

    const attempt = await sessions.begin(id);`,
    with: `    const attempt = await sessions.begin(id);
    await this.#finish(pending);
`,
    tests,
    testName:
      "on SQLite > the owner's change of password > ends all sessions, the caller's too, and lets the caller begin a new one",
  },
  {
    rule: "The account is read again after that login was begun.",
    source: changes,
    replace: "if (credential === null || credential.account.disabled || credential.passwordHash !== newHash) {",
    with: "if (credential === null) {",
    tests,
    testName:
      "on SQLite > the owner's change of password > gives no attempt when it was overtaken by 'another password' before the new session could begin",
  },
  {
    rule: "A pending revocation stays until the session store has taken it.",
    source: changes,
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
    replace: "return owner.pendingRevocation === null ? owner.account : null;",
    with: "return owner.account;",
    tests,
    testName:
      "on SQLite > while the session store is down > a change fails with the store's fault, stands, and shuts the sessions out until it is finished",
  },
];
