import type { FastifyBaseLogger } from "fastify";
import type { AccountStore } from "../accounts/account-store.ts";
import type { GatewayConfiguration } from "./settings.ts";
import { configurationWarnings } from "./warnings.ts";

/** The number of accounts that are searched for a role. With more of them, the search is not worth a slow start. */
const MAXIMUM_ACCOUNTS = 10_000;

/** Logs settings that work but may be mistakes: a misspelt role keeps all users out without a message. */
export async function warnAtStart(
  configuration: GatewayConfiguration,
  accounts: Pick<AccountStore, "list">,
  log: FastifyBaseLogger,
): Promise<void> {
  for (const warning of configurationWarnings(configuration)) log.warn({ event: "insecure_connection" }, warning);
  const asked = configuration.routes.flatMap(({ access }) => (access.kind === "role" ? [access.role] : []));
  if (asked.length === 0) return;
  const some = await accounts.list({ limit: MAXIMUM_ACCOUNTS });
  if (some.length === MAXIMUM_ACCOUNTS) return;
  const given = new Set(some.flatMap(({ roles }) => roles));
  for (const role of new Set(asked)) {
    if (!given.has(role))
      log.warn({ event: "role_of_no_account", role }, "a route asks for a role that no account has");
  }
}
