import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { onTestFinished } from "vitest";
import type { Account } from "../../../src/accounts/account.ts";
import { CredentialChanges } from "../../../src/accounts/credentials/credential-changes.ts";
import { PasswordAuthenticator } from "../../../src/accounts/credentials/password-authenticator.ts";
import { type EmailAddress, normaliseEmail } from "../../../src/accounts/email-address.ts";
import { PasswordHasher, type PasswordHasherOptions } from "../../../src/accounts/passwords/password-hasher.ts";
import { OverallFailures } from "../../../src/accounts/throttling/overall-failures.ts";
import { type OpenAccounts, openAccounts } from "../../../src/storage/accounts/open-accounts.ts";

/** The least that argon2 takes: these tests are not about its cost. */
export const cheapCost = { memoryCost: 8, timeCost: 1, parallelism: 1 };

export const goodPassword = "counting analytical engines";
export const otherPassword = "nanoseconds by the yard";

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function emailOf(text: string): EmailAddress {
  const email = normaliseEmail(text);
  if (email === null) throw new Error(`${text} is not an address.`);
  return email;
}

export type TestAccounts = OpenAccounts & { readonly clock: ManualClock };

/** Accounts in a SQLite file. */
export async function openTestAccounts(path: string, clock: ManualClock = new ManualClock()): Promise<TestAccounts> {
  const opened = await openAccounts({ path, purpose: "gateway", clock });
  onTestFinished(() => opened.close());
  return { ...opened, clock };
}

/** Accounts, sessions in memory, and everything that logs in between them, on one clock. */
export async function openTestGateway(options: Partial<PasswordHasherOptions> = {}, given?: TestAccounts) {
  const opened = given ?? (await openTestAccounts(join(temporaryFolder(), "accounts.sqlite")));
  const store = new MemorySessionStore({ clock: opened.clock });
  const sessions = new SessionManager({ store, clock: opened.clock });
  const hasher = await PasswordHasher.create({ cost: cheapCost, ...options });
  const changes = new CredentialChanges({ ...opened, sessions, hasher });
  const overall = new OverallFailures(() => {});
  const authenticator = new PasswordAuthenticator({ ...opened, hasher, changes, sessions, overall });

  async function addUser(email: string, password: string = goodPassword): Promise<Account> {
    const added = await opened.accounts.add({
      email: emailOf(email),
      name: "Ada Lovelace",
      passwordHash: await hasher.hash(password),
    });
    if (added.outcome !== "added") throw new Error(`${email} is taken.`);
    return added.account;
  }

  async function logIn(account: Account) {
    const login = await sessions.login(await sessions.begin(account.id));
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    return login;
  }

  return { ...opened, store, sessions, hasher, changes, authenticator, overall, addUser, logIn };
}
