import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts } from "../shared/open-for-command.ts";
import { recordByOperator } from "../shared/operator-audit.ts";
import { printLine } from "../shared/terminal.ts";

export const usersUnlock: Command = {
  name: "users unlock",
  summary: "Forgets the failed logins of a user who was shut out by guessers",
  synopsis: "EMAIL",
  details: [],
  options: configurationOption,
  arguments: ["EMAIL"],
  async run(invocation) {
    await withAccounts(configurationOf(invocation), async (opened) => {
      const account = await findAccount(opened, invocation.arguments[0]);
      await opened.throttle.reset(account.email);
      await recordByOperator(opened.audit, { event: "user_unlocked", userId: account.id });
      const but = account.disabled ? " The account is disabled all the same." : "";
      printLine(invocation.terminal.output, `No failed logins are counted for ${account.email} any more.${but}`);
    });
  },
};
