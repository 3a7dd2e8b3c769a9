import { type Command, CommandFailure, configurationOption, UsageError } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts, withSessions } from "../shared/open-for-command.ts";
import { printLine } from "../shared/terminal.ts";

export const sessionsRevoke: Command = {
  name: "sessions revoke",
  summary: "Ends one session of a user, or all of them",
  synopsis: "EMAIL (SESSION_ID | --all)",
  details: ["  --all             ends every session, and every login under way"],
  options: { ...configurationOption, all: { type: "boolean" } },
  arguments: ["EMAIL", "SESSION_ID"],
  optionalArguments: 1,
  async run(invocation) {
    const [email, sessionId] = invocation.arguments;
    const all = invocation.values.all === true;
    if (all === (sessionId !== undefined)) throw new UsageError("Name one session, or say --all.");
    const { output } = invocation.terminal;
    const configuration = configurationOf(invocation);
    const account = await withAccounts(configuration, (opened) => findAccount(opened, email));
    await withSessions(configuration, async (sessions) => {
      if (sessionId === undefined) {
        const ended = await sessions.revokeAll(account.id);
        return printLine(output, ended === 1 ? "1 session ended." : `${ended} sessions ended.`);
      }
      const found = await sessions.revoke(account.id, sessionId);
      if (!found) throw new CommandFailure(`${account.email} has no such session.`);
      printLine(output, "The session ended.");
    });
  },
};
