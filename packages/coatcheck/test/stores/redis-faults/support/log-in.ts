import type { SessionManager } from "coatcheck";
import type { Authentication, LoginOptions, SessionToken } from "coatcheck/adapter";

export interface LoggedIn {
  readonly token: SessionToken;
  readonly authentication: Authentication;
}

/** A whole login, of which nothing but success is expected. */
export async function logIn(manager: SessionManager, userId: string, options: LoginOptions = {}): Promise<LoggedIn> {
  const result = await manager.login(await manager.begin(userId), options);
  if (result.outcome !== "logged_in") throw new Error(`The login was ${result.outcome}.`);
  return result;
}
