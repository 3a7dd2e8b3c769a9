import type { EndReason, RemovedSession } from "./session-record.ts";
import { isSessionId } from "./session-token.ts";

/**
 * What a server passed on as a removal, or null if it is none: whoever may publish on the channel can publish anything,
 * and what is believed is removed from the store again after a gap.
 */
export function parseRemovalMessage(told: Readonly<Record<keyof RemovedSession, unknown>>): RemovedSession | null {
  const { userKey, sessionId, userId, reason } = told;
  if (typeof userKey !== "string" || typeof userId !== "string" || typeof reason !== "string") return null;
  // The reason is passed on as it is: a newer version beside this one may know more of them.
  return isSessionId(sessionId) ? { userKey, sessionId, userId, reason: reason as EndReason } : null;
}
