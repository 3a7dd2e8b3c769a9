import { type Awaitable, after } from "../core/awaitable.ts";
import type { Authentication, Session } from "../core/session.ts";
import { keptUserAgent } from "./client-device.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { RequestAuthenticateOptions, RequestSession } from "./request-session.ts";

export interface ProtectionRules {
  /** See `UserOptions`. */
  readonly sessionProtection: "basic" | "strong" | "off";
  /** Undefined if the user agent decides. */
  readonly isSameClient: ((session: Session, request: GuardedRequest) => boolean) | undefined;
}

/** The session that the request brought; null if another client presents it under "strong" protection. */
export function authenticateClient(
  session: RequestSession,
  rules: ProtectionRules,
  options?: RequestAuthenticateOptions,
): Awaitable<Authentication | null> {
  return after(session.authenticate(options), (held) => {
    if (held.status !== "authenticated") return null;
    return isSameClient(held, session, rules) ? held : protectFromOtherClient(held, session, rules);
  });
}

/**
 * Whether the request comes from the client that logged in, as far as the rules check that. By default they compare the
 * user agent: addresses change as a person moves from room to room.
 */
export function isSameClient(
  { session }: Authentication,
  { request }: RequestSession,
  rules: ProtectionRules,
): boolean {
  if (rules.sessionProtection === "off") return true;
  // A promise, which a JavaScript function may return here, does not count as a yes.
  if (rules.isSameClient !== undefined) return rules.isSameClient(session, request) === true;
  const header = request.headers.get("user-agent");
  // The kept form of a text that was already kept is the text itself.
  return session.device.userAgent === header || session.device.userAgent === keptUserAgent(header);
}

/** Whether the login is fresh, as far as that is known, and the client is the one that logged in. */
export function isFreshHere(
  held: Authentication | null,
  session: RequestSession,
  rules: ProtectionRules,
  seconds = session.sessions.policy.freshForSeconds,
): boolean {
  if (held === null) return false;
  return session.sessions.isFreshWithin(held, seconds) && isSameClient(held, session, rules);
}

/** Reports a session that another client presents, once. Under "strong" protection, ends it and returns null. */
async function protectFromOtherClient(
  held: Authentication,
  requestSession: RequestSession,
  { sessionProtection: protection }: ProtectionRules,
): Promise<Authentication | null> {
  if (protection === "off") return held;
  const { request, sessions } = requestSession;
  const { userId, id } = held.session;
  if (requestSession.reportsOtherClient()) {
    sessions.events.emit("session_protected", { userId, sessionId: id, protection }, request);
  }
  if (protection === "basic") return held;
  // The session ends before the request is refused: otherwise the cookie would stay useful to its thief.
  await sessions.revoke(userId, id, "client_changed", { cause: request });
  requestSession.forget();
  return null;
}
