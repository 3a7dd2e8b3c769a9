import type { SessionManager } from "coatcheck";
import type { SecurityEvents } from "./security-events.ts";

/** Of what ends a session, this is its own user's doing. The rest is the gateway's, or an operator's. */
const REASONS_OF_USERS: readonly string[] = ["revoked", "replaced", "evicted"];

/** Reports what happened to sessions. Whoever ends one from the command line is no user: then `isByUsers` is false. */
export function reportSessionEvents(
  { events }: SessionManager,
  security: SecurityEvents,
  { isByUsers }: { readonly isByUsers: boolean },
): void {
  events.on("logged_in", ({ userId, sessionId, remembered, methods }) => {
    security.report({ event: "session_created", userId, actorId: userId, sessionId, detail: { remembered, methods } });
  });
  events.on("logged_out", ({ userId, sessionId }) => {
    security.report({ event: "session_logout", userId, actorId: userId, sessionId });
  });
  events.on("revoked", ({ userId, sessionId, reason }) => {
    const actorId = isByUsers && REASONS_OF_USERS.includes(reason) ? userId : null;
    security.report({ event: "session_revoked", userId, actorId, sessionId, detail: { reason } });
  });
  events.on("expired", ({ userId, sessionId }) => security.report({ event: "session_expired", userId, sessionId }));
  events.on("rotated", ({ userId, sessionId }) => {
    security.report({ event: "session_renewed", userId, actorId: userId, sessionId });
  });
  events.on("reauthenticated", ({ userId, sessionId }) => {
    security.report({ event: "authn_reauthenticated", userId, actorId: userId, sessionId });
  });
  // Of the two who hold the cookie nobody knows which is the user.
  events.on("token_reused", ({ userId, sessionId }) =>
    security.report({ event: "authn_token_reuse", userId, sessionId }),
  );
  events.on("request_rejected", ({ reason, method, origin }) => {
    // A script that does not know the rule is no attack.
    const event = reason === "cross_origin_request" ? "malicious_csrf" : "request_refused";
    const named = originText(origin);
    security.report({ event, detail: { reason, method, ...(named === null ? {} : { origin: named }) } });
  });
}

/** An Origin header as a URL parser reads it. Its bytes are the client's, and some of them command terminals. */
function originText(origin: string | null): string | null {
  if (origin === null || origin === "null") return origin;
  return URL.canParse(origin) ? new URL(origin).origin : "invalid";
}
