import type { Authentication } from "./session.ts";
import type { SessionToken } from "./session-token.ts";

/** The outcome of a login. */
export type LoginResult =
  | { readonly outcome: "logged_in"; readonly token: SessionToken; readonly authentication: Authentication }
  /** All sessions of the user were revoked after the attempt began. Check the credential again, with a new attempt. */
  | { readonly outcome: "login_overtaken" }
  /** The attempt is more than five minutes old. Begin again. */
  | { readonly outcome: "login_expired" }
  /** The user has as many sessions as the policy allows, and the policy says to refuse. */
  | { readonly outcome: "session_limit_reached" };

/** The outcome of a repeated proof of identity. */
export type ReauthenticationResult =
  | { readonly outcome: "reauthenticated"; readonly token: SessionToken; readonly authentication: Authentication }
  /** The session changed while the proof was checked. Authenticate again and check the proof again. */
  | { readonly outcome: "session_changed" }
  /** Another secret is on its way to this browser. Refuse this request: within a minute the secret has arrived or is lost. */
  | { readonly outcome: "session_busy" };
