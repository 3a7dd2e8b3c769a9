import { changeCredential } from "../shared/change-credential.ts";
import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts } from "../shared/open-for-command.ts";
import { printLine } from "../shared/terminal.ts";

export const usersDisable: Command = {
  name: "users disable",
  summary: "Shuts a user out and ends all of their sessions",
  synopsis: "EMAIL",
  details: [],
  options: configurationOption,
  arguments: ["EMAIL"],
  async run(invocation) {
    const configuration = configurationOf(invocation);
    await withAccounts(configuration, async (opened) => {
      const account = await findAccount(opened, invocation.arguments[0]);
      const ending = await changeCredential(configuration, opened, {
        account,
        event: "user_disabled",
        make: (changes) => changes.disable(account),
      });
      printLine(invocation.terminal.output, `${account.email} is disabled. ${ending}`);
    });
  },
};
