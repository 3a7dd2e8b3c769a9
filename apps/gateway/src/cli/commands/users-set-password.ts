import { changeCredential } from "../shared/change-credential.ts";
import { type Command, configurationOption } from "../shared/command.ts";
import { requireGoodPassword } from "../shared/good-password.ts";
import { configurationOf, findAccount, withAccounts } from "../shared/open-for-command.ts";
import { readNewPassword } from "../shared/read-password.ts";
import { printLine } from "../shared/terminal.ts";

export const usersSetPassword: Command = {
  name: "users set-password",
  summary: "Gives a user a new password and ends all of their sessions",
  synopsis: "EMAIL [--password-stdin]",
  details: [
    "  --password-stdin  reads the password from standard input instead of asking for it",
    "",
    "Browsers that the user has logged in with before are forgotten, and the count of failed logins is reset.",
  ],
  options: { ...configurationOption, "password-stdin": { type: "boolean" } },
  arguments: ["EMAIL"],
  async run(invocation) {
    const { arguments: words, terminal, values } = invocation;
    const configuration = configurationOf(invocation);
    await withAccounts(configuration, async (opened) => {
      const account = await findAccount(opened, words[0]);
      const password = await readNewPassword(terminal, values["password-stdin"] === true);
      await requireGoodPassword(configuration, password, account);
      const ending = await changeCredential(configuration, opened, {
        account,
        event: "authn_password_change",
        make: (changes) => changes.setPassword(account, password),
      });
      printLine(terminal.output, `The password of ${account.email} is changed. ${ending}`);
    });
  },
};
