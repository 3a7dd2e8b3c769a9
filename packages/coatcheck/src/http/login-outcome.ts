import type { Session } from "../core/session.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestLoginOptions } from "./request-session.ts";

/**
 * Checks a credential, such as a password: true lets the user in, false does not. Anything else is refused as a mistake,
 * so that no object or text counts as a yes. It may be called twice, where every session of the user was revoked
 * meanwhile: where a check uses something up, such as a one-time code, write `repeat: false`. It reads what it compares
 * with, such as the hash of a password, itself and at each call: a hash that was read before the login began is not that
 * of a password which was changed since.
 */
export type CredentialCheck = () => boolean | Promise<boolean>;

/** How a session of a user begins. */
export interface UserLoginOptions extends RequestLoginOptions {
  /** Begins a session for a user who is not active, and who has no access by it until they are. False by default. */
  readonly force?: boolean;
  /** Whether the check may be called again, where it was overtaken by a revoke-all. True by default. */
  readonly repeat?: boolean;
}

/** How a user of a session proves again who they are. */
export interface ProofOptions {
  /** RFC 8176 `amr` values of the proof just given; by default those of the login. */
  readonly methods?: readonly string[];
  /** Whether the check may be called again, where the session changed during it. True by default. */
  readonly repeat?: boolean;
}

/** What a login came to: the user and the session, or the answer to give. */
export type LoginOutcome<User> = { readonly ok: true; readonly user: User; readonly session: Session } | Refusal;

/** A session in the list that its user sees. */
export interface OwnSession extends Session {
  /** The one of this request. */
  readonly current: boolean;
}
