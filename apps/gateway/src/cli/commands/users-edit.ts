import { CoatcheckError } from "coatcheck";
import { type Account, isAccountName, isRole, MAXIMUM_NAME_LENGTH, MAXIMUM_ROLES } from "../../accounts/account.ts";
import type { AccountDescription } from "../../accounts/account-store.ts";
import type { SecurityReport } from "../../audit/security-events.ts";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { type Command, CommandFailure, configurationOption, UsageError } from "../shared/command.ts";
import { configurationOf, findAccount, withAccounts, withSessions } from "../shared/open-for-command.ts";
import { recordByOperator } from "../shared/operator-audit.ts";
import { printLine } from "../shared/terminal.ts";

export const usersEdit: Command = {
  name: "users edit",
  summary: "Changes a user's name or roles, from their next request on",
  synopsis: "EMAIL [--name NAME] [--roles ROLE,ROLE]",
  details: [
    "  --name NAME       the name by which the user is addressed",
    '  --roles ROLES     all roles of the user, separated by commas; "" for none',
  ],
  options: { ...configurationOption, name: { type: "string" }, roles: { type: "string" } },
  arguments: ["EMAIL"],
  async run(invocation) {
    const description = descriptionIn(invocation.values);
    await withAccounts(configurationOf(invocation), async (opened) => {
      const before = await findAccount(opened, invocation.arguments[0]);
      const account = await opened.accounts.describe(before.id, description);
      if (account === null) throw new CommandFailure("The user was removed meanwhile.");
      await recordByOperator(opened.audit, ...reportsOf(before, account));
      if (hasOtherRoles(before, account)) await renewSecretsOf(account, configurationOf(invocation));
      const roles = account.roles.length === 0 ? "no roles" : `the roles ${account.roles.join(", ")}`;
      printLine(invocation.terminal.output, `${account.email} is ${account.name}, with ${roles}.`);
    });
  },
};

function hasOtherRoles(before: Account, after: Account): boolean {
  return before.roles.join() !== after.roles.join();
}

/** No copy of a cookie from before a change of roles may last. Sessions in memory belong to another process. */
async function renewSecretsOf({ id }: Account, configuration: GatewayConfiguration): Promise<void> {
  if (configuration.sessions.kind === "memory") return;
  await withSessions(configuration, (sessions) => sessions.renewSecrets(id)).catch((error: unknown) => {
    if (!(error instanceof CoatcheckError)) throw error;
    const message = `The roles are changed, but the cookies could not be made due for renewal: ${error.message}`;
    throw new CommandFailure(`${message} End the user's sessions: sessions revoke.`);
  });
}

/** The changes, one event each: a change of roles is searched for separately. */
function reportsOf(before: Account, after: Account): readonly SecurityReport[] {
  const userId = after.id;
  const isRenamed = before.name !== after.name;
  return [
    ...(isRenamed ? [{ event: "user_updated", userId, detail: { changed: ["name"] } } as const] : []),
    ...(hasOtherRoles(before, after)
      ? [{ event: "privilege_permissions_changed", userId, detail: { from: before.roles, to: after.roles } } as const]
      : []),
  ];
}

function descriptionIn(values: Readonly<Record<string, unknown>>): AccountDescription {
  const name = typeof values.name === "string" ? values.name.trim().normalize("NFC") : undefined;
  const roles = typeof values.roles === "string" ? rolesIn(values.roles) : undefined;
  if (name === undefined && roles === undefined) throw new UsageError("Say what to change: --name or --roles.");
  if (name !== undefined && !isAccountName(name)) {
    throw new CommandFailure(`A name has 1 to ${MAXIMUM_NAME_LENGTH} characters and no control characters.`);
  }
  return { ...(name === undefined ? {} : { name }), ...(roles === undefined ? {} : { roles }) };
}

function rolesIn(text: string): readonly string[] {
  const roles = [...new Set(text.split(",").map((role) => role.trim()))].filter((role) => role !== "");
  if (roles.length > MAXIMUM_ROLES) throw new CommandFailure(`A user has at most ${MAXIMUM_ROLES} roles.`);
  if (!roles.every(isRole)) throw new CommandFailure('A role may contain only letters, digits, ".", "_", ":" and "-".');
  return roles;
}
