import type { Session } from "coatcheck";
import type { Account } from "./accounts/account.ts";

/** A session as its user sees it. Times are ISO 8601 in UTC; nothing here opens anything. */
export interface SessionView {
  readonly id: string;
  readonly current: boolean;
  readonly device: string;
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

export function sessionView(session: Session, currentId: string): SessionView {
  return {
    id: session.id,
    current: session.id === currentId,
    device: session.device.label,
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
