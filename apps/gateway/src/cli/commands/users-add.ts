import { isAccountName, MAXIMUM_NAME_LENGTH } from "../../accounts/account.ts";
import { normaliseEmail } from "../../accounts/email-address.ts";
import { PasswordHasher } from "../../accounts/passwords/password-hasher.ts";
import { placeOf } from "../../config/locations.ts";
import { type Command, CommandFailure, configurationOption, UsageError } from "../shared/command.ts";
import { requireGoodPassword } from "../shared/good-password.ts";
import { configurationOf, withAccounts } from "../shared/open-for-command.ts";
import { recordByOperator } from "../shared/operator-audit.ts";
import { readNewPassword } from "../shared/read-password.ts";
import { printLine } from "../shared/terminal.ts";

export const usersAdd: Command = {
  name: "users add",
  summary: "Adds a user",
  synopsis: "EMAIL --name NAME [--password-stdin]",
  details: [
    "  --name NAME       the name by which the user is addressed",
    "  --password-stdin  reads the password from standard input instead of asking for it",
  ],
  options: { ...configurationOption, name: { type: "string" }, "password-stdin": { type: "boolean" } },
  arguments: ["EMAIL"],
  async run(invocation) {
    const { terminal, values } = invocation;
    const email = normaliseEmail(invocation.arguments[0] ?? "");
    if (email === null) throw new CommandFailure("That is not an email address.");
    if (typeof values.name !== "string")
      throw new UsageError("--name is missing: the name by which the user is addressed.");
    const name = values.name.trim().normalize("NFC");
    if (!isAccountName(name)) {
      throw new CommandFailure(`A name has 1 to ${MAXIMUM_NAME_LENGTH} characters and no control characters.`);
    }
    const configuration = configurationOf(invocation);
    const password = await readNewPassword(terminal, values["password-stdin"] === true);
    await requireGoodPassword(configuration, password, { email, name });

    const hasher = await PasswordHasher.create();
    const passwordHash = await hasher.hash(password);
    const result = await withAccounts(configuration, async ({ accounts, audit }) => {
      const added = await accounts.add({ email, name, passwordHash });
      if (added.outcome === "added") {
        await recordByOperator(audit, { event: "user_created", userId: added.account.id });
      }
      return added;
    });
    if (result.outcome === "email_taken") throw new CommandFailure(`There is a user ${email} already.`);
    printLine(terminal.output, `Added ${email}, id ${result.account.id}, in ${placeOf(configuration.database)}.`);
  },
};
