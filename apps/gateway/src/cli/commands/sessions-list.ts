import type { Session } from "coatcheck";
import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts, withSessions } from "../shared/open-for-command.ts";
import { isoTime, printJson, printLine, printTable } from "../shared/terminal.ts";

export const sessionsList: Command = {
  name: "sessions list",
  summary: "Lists the sessions of a user",
  synopsis: "EMAIL [--json]",
  details: ["  --json            prints JSON instead of a table"],
  options: { ...configurationOption, json: { type: "boolean" } },
  arguments: ["EMAIL"],
  async run(invocation) {
    const { output } = invocation.terminal;
    const configuration = configurationOf(invocation);
    const account = await withAccounts(configuration, (opened) => findAccount(opened, invocation.arguments[0]));
    const listed = await withSessions(configuration, (sessions) => sessions.list(account.id));
    if (invocation.values.json === true) return printJson(output, { sessions: listed.map(sessionView) });
    if (listed.length === 0) return printLine(output, `${account.email} has no sessions.`);
    printTable(
      output,
      ["ID", "DEVICE", "ADDRESS", "CREATED", "LAST SEEN", "EXPIRES"],
      listed.map(({ id, device, createdAt, lastSeenAt, expiresAt }) => {
        return [id, device.label, device.ip ?? "-", isoTime(createdAt), isoTime(lastSeenAt), isoTime(expiresAt)];
      }),
    );
  },
};

function sessionView({ id, device, createdAt, lastSeenAt, expiresAt, remembered }: Session): object {
  return {
    id,
    device: device.label,
    ip: device.ip,
    createdAt: isoTime(createdAt),
    lastSeenAt: isoTime(lastSeenAt),
    expiresAt: isoTime(expiresAt),
    remembered,
  };
}
