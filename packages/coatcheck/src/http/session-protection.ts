import type { Authentication, Session } from "../core/session.ts";
import { keptUserAgent } from "./client-device.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { RequestSession } from "./request-session.ts";

export interface ProtectionRules {
  readonly sessionProtection: "basic" | "strong" | "off";
  readonly isSameClient: (session: Session, request: GuardedRequest) => boolean;
}

/** Whether the cookie comes from the client that logged in, as far as the rules look at that. */
export function isSameClient({ session }: Authentication, request: GuardedRequest, rules: ProtectionRules): boolean {
  // A promise, which a script may return here, is no yes.
  return rules.sessionProtection === "off" || rules.isSameClient(session, request) === true;
}

/** Reports a session that another client presents, once, and ends it where the protection is "strong": then null. */
export async function protectFromOtherClient(
  held: Authentication,
  requestSession: RequestSession,
  { sessionProtection: protection, isReported }: ProtectionRules & { readonly isReported: boolean },
): Promise<Authentication | null> {
  if (protection === "off") return held;
  const { request, sessions } = requestSession;
  const { userId, id } = held.session;
  if (!isReported) sessions.events.emit("session_protected", { userId, sessionId: id, protection }, request);
  if (protection === "basic") return held;
  // Ended before it is refused: the cookie would otherwise be as good as before for its thief.
  await sessions.revoke(userId, id, "client_changed", { cause: request });
  requestSession.forget();
  return null;
}

/** The client by its user agent: an address changes on the way from one room to the next. */
export function hasSameUserAgent({ device }: Session, { headers }: GuardedRequest): boolean {
  const header = headers.get("user-agent");
  // What is kept of a text that is already kept is the text itself.
  return device.userAgent === header || device.userAgent === keptUserAgent(header);
}
