import { existsSync } from "node:fs";
import { SessionManager, systemClock } from "coatcheck";
import type { Account } from "../../accounts/account.ts";
import { normaliseEmail } from "../../accounts/email-address.ts";
import { SecurityEvents, type SecurityReport } from "../../audit/security-events.ts";
import { reportSessionEvents } from "../../audit/session-events.ts";
import { makeDataFolder } from "../../config/data-folder.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { sessionPolicies } from "../../config/session-policies.ts";
import { type GatewayConfiguration, settings } from "../../config/settings.ts";
import { GatewayError } from "../../errors.ts";
import { PassRevokingStore } from "../../passes/pass-revoking-store.ts";
import { openAccountDatabase } from "../../storage/accounts/open-account-database.ts";
import type { OpenAccounts } from "../../storage/accounts/open-accounts.ts";
import { openSessionStore } from "../../storage/sessions/open-session-store.ts";
import { CommandFailure, type Invocation } from "./command.ts";
import { recordByOperator } from "./operator-audit.ts";

/**
 * The configuration for a command. `creates` says whether the command may make a database file that does not exist: never,
 * always, or if the operator named its place, because it would otherwise be made in any folder that the command runs in.
 *
 * @throws CommandFailure for a database file that does not exist and that the command may not make
 */
export function configurationOf(
  { environment, values }: Invocation,
  { creates = "never" }: { readonly creates?: "never" | "always" | "if named" } = {},
): GatewayConfiguration {
  const path = typeof values.config === "string" ? values.config : undefined;
  const { configuration, origins } = loadConfiguration({ environment, path });
  const isNamed = origins.data !== "default" || origins.database !== "default";
  if (creates === "never" || (creates === "if named" && !isNamed)) requireDatabase(configuration);
  return configuration;
}

/**
 * A misspelt folder, or a command that runs in another folder, must not create an empty database beside the gateway's
 * own.
 *
 * @throws CommandFailure for a database file that does not exist
 */
export function requireDatabase({ database }: GatewayConfiguration): void {
  if (database.kind !== "sqlite" || existsSync(database.path)) return;
  throw new CommandFailure(
    `There is no database at ${database.path}. Run the command in the gateway's folder, name the gateway's data folder by ` +
      `${settings.data.env}, or make a new database there: coatcheck migrate`,
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
 * Runs `work` on the sessions, and closes them again. Sessions that it ends lose their passes too, and the
 * audit log records them, as in the gateway.
 *
 * @throws GatewayError `sessions_unreachable` if the sessions are in the gateway's memory
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
