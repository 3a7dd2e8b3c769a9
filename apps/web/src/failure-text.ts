import type { Failure } from "./outcome.ts";

/** What to say for a code where one form knows better than the general text. */
export type Wording = Readonly<Record<string, string>>;

const WORDING_BY_CODE: Wording = {
  invalid_credentials: "That password is not right. Please try again.",
  session_busy: "Your sign-in is being renewed at this moment. Wait a little, then try again.",
  reauthentication_required: "We still need your password for this. Please try again.",
  session_limit_reached: "This account is signed in on as many devices as it may be. Sign out on another one first.",
  duplicate_session_cookie:
    "Your browser sent two sign-in cookies for this site. Clear this site's cookies, then sign in again.",
};

const UNREACHABLE = "We could not reach the server. Check your connection, then try again.";
const UNAVAILABLE = "The service could not do this just now. Please try again in a moment.";

/** A failure in plain English: what happened, and what to do now. */
export function failureText(failure: Failure, wording: Wording = {}): string {
  if (failure.kind === "unreachable") return UNREACHABLE;
  const known = wording[failure.code] ?? WORDING_BY_CODE[failure.code];
  if (known !== undefined) return known;
  if (failure.status === 429) return "Too many attempts.";
  if (failure.status === 502 || failure.status === 503 || failure.status === 504) return UNAVAILABLE;
  if (failure.status >= 500) return `Something went wrong on our side (error ${failure.status}). Please try again.`;
  return `This did not work (error ${failure.status}). Reload the page, then try again.`;
}
