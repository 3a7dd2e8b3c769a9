import type { Session } from "../core/session.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestLoginOptions } from "./request-session.ts";

/**
 * Checks a credential, such as a password: true lets the user in, false does not. Anything else is refused as a
 * mistake, so that no object or text counts as a yes. It may be called twice, if every session of the user was revoked
 * meanwhile: for a check that uses something up, such as a one-time code, write `repeat: false`. The check must itself
 * read the data that it compares with, such as a password's hash, at each call: a hash that was read before the login
 * began may be outdated by a change of the password.
 */
export type CredentialCheck = () => boolean | Promise<boolean>;

/** The options of a session that begins for a user. */
export interface UserLoginOptions extends RequestLoginOptions {
  /** Begins a session for a user who is not active, and who has no access by it until they are. False by default. */
  readonly force?: boolean;
  /** Whether the check may be called again if a revoke-all overtook it. True by default. */
  readonly repeat?: boolean;
}

/** The options for a user of a session who proves again who they are. */
export interface ProofOptions {
  /** RFC 8176 `amr` values of the proof just given; by default those of the login. */
  readonly methods?: readonly string[];
  /** Whether the check may be called again if the session changed during it. True by default. */
  readonly repeat?: boolean;
}

/** The outcome of a login: the user and the session, or the answer to give. */
export type LoginOutcome<User> = { readonly ok: true; readonly user: User; readonly session: Session } | Refusal;

/** A session in the list that its user sees. */
export interface OwnSession extends Session {
  /** Whether it is the session of this request. */
  readonly current: boolean;
}
