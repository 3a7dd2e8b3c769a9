import type { Authentication } from "../core/session.ts";
import type { OwnSession } from "./login-outcome.ts";
import type { RequestSession } from "./request-session.ts";

/** All sessions of this session's user, with this one marked; empty without a session. */
export async function listOwn(request: RequestSession, held: Authentication | null): Promise<readonly OwnSession[]> {
  if (held === null) return [];
  const { id: current, userId } = held.session;
  const sessions = await request.sessions.list(userId);
  return sessions.map((session) => ({ ...session, current: session.id === current }));
}

/** Ends another session of the same user; false if the user has no session of that id. */
export async function revokeOwn(
  { request, sessions }: RequestSession,
  held: Authentication | null,
  sessionId: string,
): Promise<boolean> {
  return held !== null && sessions.revoke(held.session.userId, sessionId, "revoked", { cause: request });
}
