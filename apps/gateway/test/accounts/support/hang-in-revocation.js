// Sets the password of a user to what it reads from standard input, with a session store that never answers: the test
// that started this process kills it between the change and the revocation.
import { text } from "node:stream/consumers";
import { CredentialChanges } from "../../../dist/accounts/credentials/credential-changes.js";
import { normaliseEmail } from "../../../dist/accounts/email-address.js";
import { PasswordHasher } from "../../../dist/accounts/passwords/password-hasher.js";
import { openAccounts } from "../../../dist/storage/accounts/open-accounts.js";

const [path, email] = process.argv.slice(2);
const opened = await openAccounts({ path, purpose: "gateway" });
const hasher = await PasswordHasher.create({ cost: { memoryCost: 8, timeCost: 1, parallelism: 1 } });
const sessions = {
  async revokeAll(_userId, reason) {
    process.stdout.write(`revoking ${reason}\n`);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    return 0;
  },
  begin: async () => {
    throw new Error("not reached");
  },
};
const account = await opened.accounts.findByEmail(normaliseEmail(email));
await new CredentialChanges({ ...opened, hasher, sessions }).setPassword(account, await text(process.stdin));
