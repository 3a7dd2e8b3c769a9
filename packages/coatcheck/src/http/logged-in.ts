import type { Authentication, Session } from "../core/session.ts";
import type { AuthSession } from "./auth-session.ts";

/** The session of a user who is logged in: what a guarded handler is given. */
export interface LoggedIn<User> extends AuthSession<User> {
  readonly user: User;
  readonly session: Session;
  readonly authentication: Authentication;
}

/** The same where `findRequestUser` may have found the user: then there is no session. */
export interface LoggedInOrRequestUser<User> extends AuthSession<User> {
  readonly user: User;
}
