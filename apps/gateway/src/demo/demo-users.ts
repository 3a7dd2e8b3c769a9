import { normaliseEmail } from "../accounts/email-address.ts";
import type { PreparationParts } from "../gateway.ts";

/** These passwords are published, so the users exist only in databases that are marked as a demo's. */
export const demoUsers = [
  { email: "ada@example.com", name: "Ada Lovelace", password: "counting analytical engines" },
  { email: "grace@example.com", name: "Grace Hopper", password: "nanoseconds by the yard" },
] as const;

/** Adds the missing users, and resets the passwords of those that exist: the printed passwords must be true. */
export async function prepareDemoUsers({ accounts, hasher, changes }: PreparationParts): Promise<void> {
  for (const { email: text, name, password } of demoUsers) {
    const email = normaliseEmail(text);
    if (email === null) continue;
    const account = await accounts.findByEmail(email);
    if (account === null) {
      await accounts.add({ email, name, passwordHash: await hasher.hash(password) });
      continue;
    }
    const credential = await accounts.findCredential(account.id);
    const isUnchanged = await hasher.verify(password, credential?.passwordHash ?? null);
    if (!isUnchanged) await changes.setPassword(account, password);
    if (account.disabled) await accounts.enable(account.id);
  }
}
