import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts } from "../shared/open-for-command.ts";
import { recordByOperator } from "../shared/operator-audit.ts";
import { printLine } from "../shared/terminal.ts";

export const usersEnable: Command = {
  name: "users enable",
  summary: "Lets in a user who was disabled or shut out by failed logins",
  synopsis: "EMAIL",
  details: [],
  options: configurationOption,
  arguments: ["EMAIL"],
  async run(invocation) {
    await withAccounts(configurationOf(invocation), async (opened) => {
      const account = await findAccount(opened, invocation.arguments[0]);
      await opened.accounts.enable(account.id);
      await opened.throttle.reset(account.email);
      await recordByOperator(opened.audit, { event: "user_enabled", userId: account.id });
      printLine(invocation.terminal.output, `${account.email} is enabled, with no failed logins counted.`);
    });
  },
};
