import { type Clock, SessionManager } from "coatcheck";
import { makeDataFolder } from "../../config/data-folder.ts";
import { placeOf } from "../../config/locations.ts";
import type { GatewayConfiguration } from "../../config/settings.ts";
import { tryConnect } from "../../proxy/upstream/try-connect.ts";
import { openAccountDatabase } from "../../storage/accounts/open-account-database.ts";
import { openSessionStore } from "../../storage/sessions/open-session-store.ts";

/** Something outside the gateway that it needs, and why it cannot be used; null when it answered. */
export interface TriedPart {
  readonly part: string;
  readonly where: string;
  readonly fault: string | null;
}

/** Opens everything that a gateway of this configuration needs, asks it something, and closes it again. */
export async function tryParts(configuration: GatewayConfiguration, clock: Clock): Promise<readonly TriedPart[]> {
  const { database, sessions, routes } = configuration;
  const upstreams = [...new Set(routes.map(({ upstream }) => upstream))];
  makeDataFolder(configuration);
  return [
    await tried("database", placeOf(database), () => tryAccounts(configuration, clock)),
    // After the database: with SQLite both may be in one file, which the first has made.
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

/** The message with those of its causes: the last of them is usually what the system said. */
function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of a host name with several addresses Node gives one error each, in an error that says nothing itself.
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return [error.message, inner === undefined ? "" : faultText(inner)].filter((text) => text !== "").join(" ");
}
