import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { AuditLog, AuditQuery, WrittenAuditEvent } from "../../audit/audit-log.ts";
import { isAuditEventName, vocabulary } from "../../audit/vocabulary.ts";
import { auditLine, auditView } from "../shared/audit-text.ts";
import { type Command, CommandFailure, configurationOption, type Invocation } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts } from "../shared/open-for-command.ts";
import { printJsonLine, printLine } from "../shared/terminal.ts";

const DEFAULT_LIMIT = 20;
const MAXIMUM_LIMIT = 100_000;
/** The number of new events that are read at once. */
const PAGE = 500;
const LOOK_EVERY_MILLISECONDS = 500;

export const auditTail: Command = {
  name: "audit tail",
  summary: "Prints the latest events: logins, sessions, refusals, and operators' changes",
  synopsis: "[--follow] [--user EMAIL] [--event NAME] [--limit N] [--json]",
  details: [
    "  --follow          goes on printing new events until it is interrupted",
    "  --user EMAIL      only events by or about one user",
    "  --event NAME      only events of one name, such as authn_login_fail",
    `  --limit N         so many at first, ${DEFAULT_LIMIT} by default`,
    "  --json            prints JSON, one event a line",
    "",
    "The names, most of them from OWASP's Logging Vocabulary:",
    ...Object.entries(vocabulary).map(([name, { text }]) => `  ${name.padEnd(30)}  ${text}`),
  ],
  options: {
    ...configurationOption,
    follow: { type: "boolean" },
    user: { type: "string" },
    event: { type: "string" },
    limit: { type: "string" },
    json: { type: "boolean" },
  },
  arguments: [],
  async run(invocation) {
    const { values } = invocation;
    const limit = limitIn(values.limit);
    const event = eventIn(values.event);
    await withAccounts(configurationOf(invocation), async (opened) => {
      const user = typeof values.user === "string" ? await findAccount(opened, values.user) : null;
      const query = { ...(user === null ? {} : { userId: user.id }), ...(event === null ? {} : { event }) };
      const print = printerFor(invocation);
      const newest = await opened.audit.newest({ ...query, limit });
      newest.forEach(print);
      if (values.follow !== true) return;
      const start = newest.at(-1)?.position ?? 0;
      await follow(opened.audit, start, query, print, untilUnread(invocation.terminal.output));
    });
  },
};

/** Looks for new events until the process ends or its output is closed. */
async function follow(
  audit: AuditLog,
  start: number,
  query: Omit<AuditQuery, "limit">,
  print: (event: WrittenAuditEvent) => void,
  { isRead }: { readonly isRead: () => boolean },
): Promise<void> {
  let position = start;
  while (isRead()) {
    const next = await audit.after(position, { ...query, limit: PAGE });
    next.forEach(print);
    position = next.at(-1)?.position ?? position;
    if (next.length < PAGE) await delay(LOOK_EVERY_MILLISECONDS);
  }
}

/** `audit tail --follow | head` is not a fault: the reader of the output may end first. */
function untilUnread(output: Writable): { readonly isRead: () => boolean } {
  let isRead = true;
  output.once("error", () => {
    isRead = false;
  });
  return { isRead: () => isRead };
}

function printerFor({ terminal: { output }, values }: Invocation): (event: WrittenAuditEvent) => void {
  if (values.json === true) return (event) => printJsonLine(output, auditView(event));
  return (event) => printLine(output, auditLine(event));
}

function limitIn(value: unknown): number {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,6}$/.test(String(value)) ? Number(value) : 0;
  if (limit >= 1 && limit <= MAXIMUM_LIMIT) return limit;
  throw new CommandFailure(`--limit must be a whole number from 1 to ${MAXIMUM_LIMIT}.`);
}

/** A misspelt name would look as if nothing had happened. */
function eventIn(value: unknown): string | null {
  if (value === undefined) return null;
  const name = String(value);
  if (isAuditEventName(name)) return name;
  throw new CommandFailure('--event must be a name that "coatcheck audit tail --help" lists.');
}
