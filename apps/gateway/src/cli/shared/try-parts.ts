import { type Clock, SessionManager } from "coatcheck";
import { makeDataFolder } from "../../config/data-folder.ts";
import { placeOf } from "../../config/locations.ts";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { tryConnect } from "../../proxy/upstream/try-connect.ts";
import { openAccountDatabase } from "../../storage/accounts/open-account-database.ts";
import { openSessionStore } from "../../storage/sessions/open-session-store.ts";

/** A part outside the gateway that the gateway needs. `fault` says why it cannot be used, and is null if it answered. */
export interface TriedPart {
  readonly part: string;
  readonly where: string;
  readonly fault: string | null;
}

/** Opens every part that a gateway of this configuration needs, asks it a question, and closes it again. */
export async function tryParts(configuration: GatewayConfiguration, clock: Clock): Promise<readonly TriedPart[]> {
  const { database, sessions, routes } = configuration;
  const upstreams = [...new Set(routes.map(({ upstream }) => upstream))];
  makeDataFolder(configuration);
  return [
    await tried("database", placeOf(database), () => tryAccounts(configuration, clock)),
    // After the database: with SQLite both may be in one file.
    await tried("sessions", placeOf(sessions), () => trySessions(configuration, clock)),
    ...(await Promise.all(upstreams.map((upstream) => tried("service", upstream, () => tryConnect(upstream))))),
  ];
}

async function tryAccounts(configuration: GatewayConfiguration, clock: Clock): Promise<void> {
  const opened = await openAccountDatabase(configuration, "command_line", clock);
  try {
    await opened.accounts.list({ limit: 1 });
  } finally {
    await opened.close();
  }
}

async function trySessions(configuration: GatewayConfiguration, clock: Clock): Promise<void> {
  const opened = await openSessionStore(configuration, clock);
  try {
    await new SessionManager({ store: opened.store, clock }).list("config-check");
  } finally {
    await opened.close();
  }
}

async function tried(part: string, where: string, attempt: () => Promise<void>): Promise<TriedPart> {
  try {
    await attempt();
    return { part, where, fault: null };
  } catch (error) {
    return { part, where, fault: faultText(error) };
  }
}

/** The message with those of its causes. The last of them usually is the system's own. */
function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // For a host name with several addresses, Node wraps one error for each in an error without a message.
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return [error.message, inner === undefined ? "" : faultText(inner)].filter((text) => text !== "").join(" ");
}
