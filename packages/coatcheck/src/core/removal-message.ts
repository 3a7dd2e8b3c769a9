import type { EndReason, RemovedSession } from "./session-record.ts";
import { isSessionId } from "./session-token.ts";

/**
 * The removal in a message from a server, or null if the message is none. Any client that may publish on the channel
 * can publish anything, and a removal that is believed here is repeated in the store after a gap.
 */
export function parseRemovalMessage(told: Readonly<Record<keyof RemovedSession, unknown>>): RemovedSession | null {
  const { userKey, sessionId, userId, reason } = told;
  if (typeof userKey !== "string" || typeof userId !== "string" || typeof reason !== "string") return null;
  // The reason is passed on unchanged: a newer version that runs beside this one may know more reasons.
  return isSessionId(sessionId) ? { userKey, sessionId, userId, reason: reason as EndReason } : null;
}
