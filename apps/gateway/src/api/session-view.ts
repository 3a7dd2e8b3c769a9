import type { JsonObject, Session } from "coatcheck";
import type { Account } from "../accounts/account.ts";
import type { ServedOrigin, ServedOrigins } from "../http/served-origins.ts";

/** A session as its user sees it. Times are ISO 8601 in UTC; nothing here gives access to anything. */
export interface SessionView {
  readonly id: string;
  readonly current: boolean;
  readonly device: string;
  /** The host under which the session began; null if the gateway has only one public origin. */
  readonly site: string | null;
  readonly ip: string | null;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly remembered: boolean;
}

export interface UserView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export function sessionView(
  session: Session,
  currentId: string,
  { areSeveral }: Pick<ServedOrigins, "areSeveral">,
): SessionView {
  return {
    id: session.id,
    current: session.id === currentId,
    device: session.device.label,
    site: areSeveral ? siteOf(session) : null,
    ip: session.device.ip,
    createdAt: new Date(session.createdAt).toISOString(),
    lastSeenAt: new Date(session.lastSeenAt).toISOString(),
    expiresAt: new Date(session.expiresAt).toISOString(),
    remembered: session.remembered,
  };
}

export function userView(account: Account): UserView {
  return { id: account.id, name: account.name, email: account.email };
}

/** The data that the gateway stores in a session that begins under this origin: its host, for the list of devices. */
export function siteData({ host }: ServedOrigin): JsonObject {
  return { site: host };
}

/**
 * The host of the public origin under which a session began; null for a session that began before hosts were stored.
 */
function siteOf({ data }: Session): string | null {
  return typeof data.site === "string" ? data.site : null;
}
