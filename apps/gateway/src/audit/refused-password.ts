import type { PasswordRefused } from "../accounts/credentials/password-authenticator.ts";
import type { SecurityReport } from "./security-events.ts";

type Throttled = Extract<PasswordRefused, { outcome: "throttled" }>;

export type PasswordLimit = Throttled["limit"] | "queue";

/** Every limit that can keep a password from being checked: a count of failures, or too many waiting attempts. */
export const passwordLimits: readonly PasswordLimit[] = [
  "address",
  "account_from_address",
  "account",
  "trusted",
  "waiting",
  "queue",
];

/** The purpose of a password that was not checked. */
export type PasswordUse = "login" | "reauthentication" | "password_change";

/**
 * The report that a password was not checked. A limit of an address, or of all strangers together, says nothing about
 * the account that happened to be named: only a limit that counts failures of one account is that account's lock.
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
