import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CredentialChanges } from "@coatcheck/gateway/dist/accounts/credentials/credential-changes.js";
import { PasswordAuthenticator } from "@coatcheck/gateway/dist/accounts/credentials/password-authenticator.js";
import { normaliseEmail } from "@coatcheck/gateway/dist/accounts/email-address.js";
import { PasswordHasher } from "@coatcheck/gateway/dist/accounts/passwords/password-hasher.js";
import { openAccounts } from "@coatcheck/gateway/dist/storage/accounts/open-accounts.js";
import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { median } from "../median.ts";
import { printTable, report } from "../report.ts";

const ROUNDS = 200;
const password = "counting analytical engines";
/** What must look alike: each with the email that is given, always with a wrong password but for the last. */
const causes = [
  { name: "a wrong password", email: "ada@example.com", password: "nanoseconds by the yard" },
  { name: "an unknown address", email: "nobody@example.com", password },
  { name: "a disabled account, the right password", email: "disabled@example.com", password },
  { name: "what is no address", email: "nobody", password },
];

/** Does the time of a refused login tell why it was refused? */
export async function runLoginTiming(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-bench-timing-"));
  const opened = await openAccounts({ path: join(folder, "accounts.sqlite"), purpose: "gateway" });
  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const hasher = await PasswordHasher.create();
  const changes = new CredentialChanges({ ...opened, sessions, hasher });
  const overall = { failed: () => {}, delayMilliseconds: () => 0 };
  const authenticator = new PasswordAuthenticator({ ...opened, sessions, hasher, changes, overall });
  for (const text of ["ada@example.com", "disabled@example.com"]) {
    const added = await opened.accounts.add({
      email: emailOf(text),
      name: "Someone",
      passwordHash: await hasher.hash(password),
    });
    if (added.outcome !== "added") throw new Error(`${text} was not added.`);
    if (text.startsWith("disabled")) await opened.accounts.disable(added.account.id);
  }

  const times = new Map<string, number[]>(causes.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 50 === 0) report(`round ${round} of ${ROUNDS}`);
    for (const cause of causes) {
      // From another address each time, and with the counts emptied, so that none is told to wait.
      const address = `10.${round % 250}.${Math.floor(round / 250)}.${causes.indexOf(cause)}`;
      const startedAt = performance.now();
      const claimant = await authenticator.lookUp(cause.email);
      await sessions.begin(claimant.userId);
      const given = { password: cause.password, address, deviceToken: null };
      const { outcome } = await authenticator.checkLogin(claimant, given);
      times.get(cause.name)?.push(performance.now() - startedAt);
      if (outcome !== "invalid") throw new Error(`${cause.name} was ${outcome}.`);
      if (claimant.email !== null) await opened.throttle.reset(claimant.email);
    }
  }
  const baseline = median(times.get(causes[0]?.name ?? "") ?? []);
  printTable(
    ["Refused for", "p50, ms", "spread (p5 to p95), ms", "p50 less that of a wrong password, ms"],
    [...times].map(([name, all]) => {
      const sorted = [...all].sort((first, second) => first - second);
      const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
      const spread = `${at(0.05).toFixed(1)} to ${at(0.95).toFixed(1)}`;
      return [name, median(all).toFixed(2), spread, (median(all) - baseline).toFixed(2)];
    }),
  );
  await opened.close();
  await rm(folder, { recursive: true });
}

function emailOf(text: string) {
  const email = normaliseEmail(text);
  if (email === null) throw new Error(`${text} is no address.`);
  return email;
}
