// Opens the account database named by the first argument and adds a user with the second as address. For tests that
// need several processes at once.
import { normaliseEmail } from "../../../dist/accounts/email-address.js";
import { openAccounts } from "../../../dist/storage/accounts/open-accounts.js";

const [path, email] = process.argv.slice(2);
const opened = await openAccounts({ path, purpose: "gateway" });
const added = await opened.accounts.add({ email: normaliseEmail(email), name: "User", passwordHash: "hash" });
await opened.close();
process.exitCode = added.outcome === "added" ? 0 : 1;
