import type { SessionManager } from "coatcheck";
import type { SecurityEvents } from "./security-events.ts";

/** The reasons for which a session's own user ends it. The gateway or an operator acts for all other reasons. */
const REASONS_OF_USERS: readonly string[] = ["revoked", "replaced", "evicted"];

/**
 * Reports events about sessions. An operator who ends a session from the command line is no user: then `isByUsers` is
 * false.
 */
export function reportSessionEvents(
  { events }: SessionManager,
  security: SecurityEvents,
  { isByUsers }: { readonly isByUsers: boolean },
): void {
  events.on("logged_in", ({ userId, sessionId, remembered, methods }, cause) => {
    const detail = { remembered, methods };
    security.report({ event: "session_created", userId, actorId: userId, sessionId, detail }, cause);
  });
  events.on("logged_out", ({ userId, sessionId }, cause) => {
    security.report({ event: "session_logout", userId, actorId: userId, sessionId }, cause);
  });
  events.on("revoked", ({ userId, sessionId, reason }, cause) => {
    const actorId = isByUsers && REASONS_OF_USERS.includes(reason) ? userId : null;
    security.report({ event: "session_revoked", userId, actorId, sessionId, detail: { reason } }, cause);
  });
  events.on("expired", (about, cause) => security.report({ event: "session_expired", ...about }, cause));
  events.on("rotated", ({ userId, sessionId }, cause) => {
    security.report({ event: "session_renewed", userId, actorId: userId, sessionId }, cause);
  });
  events.on("reauthenticated", ({ userId, sessionId }, cause) => {
    security.report({ event: "authn_reauthenticated", userId, actorId: userId, sessionId }, cause);
  });
  events.on("rotation_suspended", ({ userId, sessionId, until }, cause) => {
    const detail = { until: new Date(until).toISOString() };
    security.report({ event: "session_renewal_suspended", userId, sessionId, detail }, cause);
  });
  // Two clients hold the cookie, and it is unknown which of them is the user.
  events.on("token_reused", (about, cause) => security.report({ event: "authn_token_reuse", ...about }, cause));
  events.on("request_rejected", ({ reason, method, origin }, cause) => {
    // A script that merely does not know the rule is no attack.
    const event = reason === "cross_origin_request" ? "malicious_csrf" : "request_refused";
    const named = originText(origin);
    security.report({ event, detail: { reason, method, ...(named === null ? {} : { origin: named }) } }, cause);
  });
}

/** An Origin header as a URL parser reads it. The client chooses its bytes, and some of them control terminals. */
function originText(origin: string | null): string | null {
  if (origin === null || origin === "null") return origin;
  return URL.canParse(origin) ? new URL(origin).origin : "invalid";
}
