import type { Authentication, Session } from "../core/session.ts";
import type { AuthSession } from "./auth-session.ts";

/** The session of a user who is logged in, for a guarded handler. */
export interface LoggedIn<User> extends AuthSession<User> {
  readonly user: User;
  readonly session: Session;
  readonly authentication: Authentication;
}

/** A `LoggedIn` whose user `findRequestUser` may have found: then there is no session. */
export interface LoggedInOrRequestUser<User> extends AuthSession<User> {
  readonly user: User;
}
