export type AuditOutcome = "success" | "failure";

interface Meaning {
  readonly outcome: AuditOutcome;
  /** For people, in the log. */
  readonly text: string;
}

const success = (text: string) => ({ outcome: "success", text }) as const;
const failure = (text: string) => ({ outcome: "failure", text }) as const;

/**
 * The names of all events, in the words of OWASP's Logging Vocabulary where it has one. Stored as text, so a new name
 * needs no migration.
 */
export const vocabulary = {
  authn_login_success: success("logged in"),
  authn_login_fail: failure("login failed"),
  /** Too many attempts failed, so the password was not checked. */
  authn_login_lock: failure("login throttled"),
  authn_reauthenticated: success("proved again"),
  authn_reauthenticate_fail: failure("re-authentication failed"),
  authn_password_change: success("password changed"),
  authn_password_change_fail: failure("password change refused"),
  authn_token_reuse: failure("possible theft of a cookie"),
  authn_token_revoked: success("passes voided"),
  authz_fail: failure("not allowed"),
  session_created: success("session begun"),
  session_renewed: success("cookie renewed"),
  /**
   * The client ignored three new cookies in a row: a server in between drops them, or a thief prevents the replacement
   * of a stolen one.
   */
  session_renewal_suspended: failure("new cookies are not taken up"),
  session_logout: success("logged out"),
  session_revoked: success("session revoked"),
  session_expired: success("session expired"),
  excess_rate_limit_exceeded: failure("asked too often"),
  malicious_csrf: failure("request of another origin refused"),
  request_refused: failure("request refused"),
  user_created: success("user added"),
  user_updated: success("user changed"),
  user_disabled: success("user disabled"),
  user_enabled: success("user enabled"),
  user_unlocked: success("failed logins forgotten"),
  privilege_permissions_changed: success("roles changed"),
  /** The audit log itself writes this: so many events were dropped because it could not be written. */
  audit_dropped: failure("audit events dropped"),
} as const satisfies Record<string, Meaning>;

export type AuditEventName = keyof typeof vocabulary;

export function isAuditEventName(text: string): text is AuditEventName {
  return Object.hasOwn(vocabulary, text);
}
