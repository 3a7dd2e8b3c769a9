import { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";

/** Logs a user in, does what a trial does in between, logs out, and returns the token of the session that ended. */
export async function endSession(store: SessionStore, before: () => Promise<void> = async () => {}): Promise<string> {
  const sessions = new SessionManager({ store });
  const login = await sessions.login(await sessions.begin("ada"));
  if (login.outcome !== "logged_in") throw new Error(`The login was not taken: ${login.outcome}.`);
  await before();
  await sessions.logout(login.authentication);
  return login.token;
}

/** Whether a process that remembers nothing lets the token pass. */
export async function passes(store: SessionStore, token: string): Promise<boolean> {
  return (await new SessionManager({ store }).authenticate(token, { slide: false })).status === "authenticated";
}
