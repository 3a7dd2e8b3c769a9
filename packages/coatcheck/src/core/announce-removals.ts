import type { EventCause, SessionEventEmitter } from "./session-events.ts";
import type { RemovedSession } from "./session-record.ts";

/** Emits one event for each removed session. The reason for the removal decides which event. */
export function announceRemovals(
  events: SessionEventEmitter,
  removed: readonly RemovedSession[],
  { cause }: EventCause,
): void {
  for (const { userId, sessionId, reason } of removed) {
    if (reason === "token_reused") events.emit("token_reused", { userId, sessionId }, cause);
    if (reason === "logged_out") events.emit("logged_out", { userId, sessionId }, cause);
    else if (reason === "expired") events.emit("expired", { userId, sessionId }, cause);
    else events.emit("revoked", { userId, sessionId, reason }, cause);
  }
}
