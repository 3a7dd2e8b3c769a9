import type { Account } from "../../accounts/account.ts";
import type { AccountStore } from "../../accounts/account-store.ts";
import type { EmailAddress } from "../../accounts/email-address.ts";
import { type Command, configurationOption } from "../shared/command.ts";
import { configurationOf, withAccounts } from "../shared/open-for-command.ts";
import { isoTime, printJson, printLine, printTable } from "../shared/terminal.ts";

const PAGE = 500;

export const usersList: Command = {
  name: "users list",
  summary: "Lists the users",
  synopsis: "[--json]",
  details: ["  --json            prints JSON instead of a table"],
  options: { ...configurationOption, json: { type: "boolean" } },
  arguments: [],
  async run(invocation) {
    const { output } = invocation.terminal;
    const users = await withAccounts(configurationOf(invocation), ({ accounts }) => listAll(accounts));
    if (invocation.values.json === true) return printJson(output, { users: users.map(userView) });
    if (users.length === 0) return printLine(output, "There are no users.");
    printTable(
      output,
      ["EMAIL", "NAME", "ROLES", "STATUS", "CREATED", "ID"],
      users.map(({ email, name, roles, disabled, createdAt, id }) => {
        const listed = roles.length === 0 ? "-" : roles.join(",");
        return [email, name, listed, disabled ? "disabled" : "enabled", isoTime(createdAt), id];
      }),
    );
  },
};

async function listAll(accounts: AccountStore): Promise<readonly Account[]> {
  const all: Account[] = [];
  let after: EmailAddress | undefined;
  for (;;) {
    const page = await accounts.list({ limit: PAGE, ...(after !== undefined && { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
    after = page.at(-1)?.email;
  }
}

function userView({ id, email, name, roles, disabled, createdAt, passwordChangedAt }: Account): object {
  return {
    id,
    email,
    name,
    roles,
    disabled,
    createdAt: isoTime(createdAt),
    passwordChangedAt: isoTime(passwordChangedAt),
  };
}
