import type { Authentication, Session } from "../core/session.ts";
import type { SessionManager } from "../core/session-manager.ts";
import type { GuardedRequest } from "./guarded-request.ts";

export interface ProtectionRules {
  /** See `UserOptions`. */
  readonly sessionProtection: "basic" | "strong" | "off";
  /** Undefined where the user agent decides. */
  readonly isSameClient: ((session: Session, request: GuardedRequest) => boolean) | undefined;
}

/** As much of a request's session as is needed to end it. */
interface Endable {
  readonly request: GuardedRequest;
  readonly sessions: SessionManager;
  /** True the first time. */
  reportsOtherClient(): boolean;
  forget(): void;
}

/** Reports a session that another client presents, once, and ends it where the protection is "strong": then null. */
export async function protectFromOtherClient(
  held: Authentication,
  requestSession: Endable,
  { sessionProtection: protection }: ProtectionRules,
): Promise<Authentication | null> {
  if (protection === "off") return held;
  const { request, sessions } = requestSession;
  const { userId, id } = held.session;
  if (requestSession.reportsOtherClient()) {
    sessions.events.emit("session_protected", { userId, sessionId: id, protection }, request);
  }
  if (protection === "basic") return held;
  // Ended before it is refused: the cookie would otherwise be as good as before for its thief.
  await sessions.revoke(userId, id, "client_changed", { cause: request });
  requestSession.forget();
  return null;
}
