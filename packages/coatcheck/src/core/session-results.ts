import type { Authentication } from "./session.ts";
import type { SessionToken } from "./session-token.ts";

/** What a login came to. */
export type LoginResult =
  | { readonly outcome: "logged_in"; readonly token: SessionToken; readonly authentication: Authentication }
  /** Everything of the user was revoked since the attempt began. Check the credential again, with a new attempt. */
  | { readonly outcome: "login_overtaken" }
  /** The attempt is more than five minutes old. Begin anew. */
  | { readonly outcome: "login_expired" }
  /** The user has as many sessions as the policy allows, and it says to refuse. */
  | { readonly outcome: "session_limit_reached" };

/** What a repeated proof of identity came to. */
export type ReauthenticationResult =
  | { readonly outcome: "reauthenticated"; readonly token: SessionToken; readonly authentication: Authentication }
  /** The session changed while the proof was checked. Authenticate again and check the proof again. */
  | { readonly outcome: "session_changed" }
  /** Another secret is on its way to this browser. Refuse for now: within a minute it has arrived or is lost. */
  | { readonly outcome: "session_busy" };
