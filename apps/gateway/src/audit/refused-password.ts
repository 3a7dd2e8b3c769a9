import type { PasswordRefused } from "../accounts/credentials/password-authenticator.ts";
import type { SecurityReport } from "./security-events.ts";

type Throttled = Extract<PasswordRefused, { outcome: "throttled" }>;

export type PasswordLimit = Throttled["limit"] | "queue";

/** Everything that can keep a password from being looked at: a count of failures, or too many who wait. */
export const passwordLimits: readonly PasswordLimit[] = [
  "address",
  "account_from_address",
  "account",
  "trusted",
  "waiting",
  "queue",
];

/** What was asked for when a password was not looked at. */
export type PasswordUse = "login" | "reauthentication" | "password_change";

/**
 * How it is told that a password was not looked at. What is full for an address, or for all strangers together, says
 * nothing about the account that happened to be named: only what counts failures of one account is its lock.
 */
export function refusedPassword(
  asked: PasswordUse,
  limit: PasswordLimit,
  about: Pick<SecurityReport, "userId" | "sessionId">,
): SecurityReport {
  const detail = { asked, limit };
  if (limit === "queue" || limit === "waiting" || limit === "address") {
    return { event: "excess_rate_limit_exceeded", detail };
  }
  return { event: "authn_login_lock", ...about, detail };
}
