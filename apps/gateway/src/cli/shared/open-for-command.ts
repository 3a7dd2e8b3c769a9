import { existsSync } from "node:fs";
import { SessionManager, systemClock } from "coatcheck";
import type { Account } from "../../accounts/account.ts";
import { normaliseEmail } from "../../accounts/email-address.ts";
import { SecurityEvents, type SecurityReport } from "../../audit/security-events.ts";
import { reportSessionEvents } from "../../audit/session-events.ts";
import { makeDataFolder } from "../../config/data-folder.ts";
import { type LoadedConfiguration, loadConfiguration } from "../../config/load-configuration.ts";
import { sessionPolicies } from "../../config/session-policies.ts";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { GatewayError } from "../../errors.ts";
import { PassRevokingStore } from "../../passes/pass-revoking-store.ts";
import { openAccountDatabase } from "../../storage/accounts/open-account-database.ts";
import type { OpenAccounts } from "../../storage/accounts/open-accounts.ts";
import { openSessionStore } from "../../storage/sessions/open-session-store.ts";
import { CommandFailure, type Invocation } from "./command.ts";
import { recordByOperator } from "./operator-audit.ts";

/**
 * The configuration that a command is to work with.
 *
 * @throws CommandFailure for a database that is not there and that nothing names, unless the command `mayCreate` it
 */
export function configurationOf(
  { environment, values }: Invocation,
  { mayCreate = false }: { readonly mayCreate?: boolean } = {},
): GatewayConfiguration {
  const path = typeof values.config === "string" ? values.config : undefined;
  const { configuration, origins } = loadConfiguration({ environment, path });
  if (!mayCreate) requireDatabase({ configuration, origins });
  return configuration;
}

/**
 * Where nothing names the database, it is below the folder that the command happens to run in.
 *
 * @throws CommandFailure when there is none
 */
export function requireDatabase({ configuration, origins }: LoadedConfiguration): void {
  const { database } = configuration;
  const isNamed = origins.data !== "default" || origins.database !== "default";
  if (isNamed || database.kind !== "sqlite" || existsSync(database.path)) return;
  throw new CommandFailure(
    `There is no database at ${database.path}. Run the command in the gateway's folder, name its data by COATCHECK_DATA, ` +
      "or make a new database here: coatcheck migrate",
  );
}

/** Runs `work` on the account database, and closes it again. */
export async function withAccounts<Result>(
  configuration: GatewayConfiguration,
  work: (opened: OpenAccounts) => Promise<Result>,
): Promise<Result> {
  makeDataFolder(configuration);
  const opened = await openAccountDatabase(configuration, "command_line", systemClock);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/**
 * Runs `work` on the sessions, and closes them again. Those that it ends lose their passes too, and are written down, as
 * they would be in the gateway.
 *
 * @throws GatewayError `sessions_unreachable` when they are in the gateway's memory
 */
export async function withSessions<Result>(
  configuration: GatewayConfiguration,
  work: (sessions: SessionManager) => Promise<Result>,
): Promise<Result> {
  if (configuration.sessions.kind === "memory") {
    throw new GatewayError(
      "sessions_unreachable",
      "The sessions are in the memory of the running gateway, which no other program can read.",
    );
  }
  return withAccounts(configuration, async ({ access, audit }) => {
    const opened = await openSessionStore(configuration, systemClock);
    const reports: SecurityReport[] = [];
    try {
      const policy = sessionPolicies[configuration.sessionPolicy];
      const store = new PassRevokingStore(opened.store, access, systemClock);
      const sessions = new SessionManager({ store, policy });
      const security = new SecurityEvents();
      reportSessionEvents(sessions, security, { isByUsers: false });
      security.on((report) => reports.push(report));
      return await work(sessions);
    } finally {
      await opened.close();
      await recordByOperator(audit, ...reports);
    }
  });
}

export async function findAccount({ accounts }: OpenAccounts, email: string | undefined): Promise<Account> {
  const normalised = normaliseEmail(email ?? "");
  if (normalised === null) throw new CommandFailure("That is not an email address.");
  const account = await accounts.findByEmail(normalised);
  if (account === null) throw new CommandFailure(`There is no user ${normalised}.`);
  return account;
}
