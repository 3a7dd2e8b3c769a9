import { SessionEventEmitter, type SessionEvents, SessionManager, type SessionPolicy, standardPolicy } from "coatcheck";
import type { Authentication, LoginOptions, SessionEventName, SessionToken } from "coatcheck/adapter";
import type { SessionRecord } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { deriveUserKey } from "../../../src/core/user-key.ts";
import { ObservedStore } from "./observed-store.ts";

export const USER_ID = "ada";

/** Ends by age alone, and rotates once a day: what "remember me" gives. */
export const rotatingPolicy: SessionPolicy = {
  ...standardPolicy,
  lifetime: standardPolicy.rememberedLifetime ?? standardPolicy.lifetime,
};

type SeenEvent = { [Name in SessionEventName]: readonly [Name, SessionEvents[Name]] }[SessionEventName];

/** A session manager over an observed memory store, on a clock that stands still, with all events kept. */
export function startSessions(policy: SessionPolicy = standardPolicy, events = new SessionEventEmitter()) {
  const clock = new ManualClock();
  const memory = new MemorySessionStore({ clock });
  const store = new ObservedStore(memory);
  const sessions = new SessionManager({ store, policy, clock, events });
  /** Another process on the same store, whose calls are neither observed nor disturbed: the rival in a race. */
  const elsewhere = new SessionManager({ store: memory, policy, clock });
  const seen: SeenEvent[] = [];
  for (const name of EVENT_NAMES) events.on(name, (event) => seen.push([name, event] as SeenEvent));

  /** What the store holds of the user's only session. */
  async function storedRecord(): Promise<SessionRecord> {
    const [record, ...others] = await memory.listByUser(deriveUserKey("default", USER_ID));
    if (record === undefined || others.length > 0) throw new Error(`The user has ${others.length} sessions more.`);
    return record;
  }

  return { clock, store, sessions, elsewhere, seen, storedRecord };
}

const EVENT_NAMES: readonly SessionEventName[] = [
  "logged_in",
  "logged_out",
  "revoked",
  "expired",
  "rotated",
  "rotation_suspended",
  "reauthenticated",
  "token_reused",
];

export async function logIn(sessions: SessionManager, options: LoginOptions = {}, userId = USER_ID) {
  const result = await sessions.login(await sessions.begin(userId), options);
  if (result.outcome !== "logged_in") throw new Error(`The login was refused: ${result.outcome}.`);
  return result;
}

/** The authentication of a token that is expected to be good. */
export async function present(
  sessions: SessionManager,
  token: string,
  options: { readonly slide?: boolean } = {},
): Promise<Authentication> {
  const result = await sessions.authenticate(token, options);
  if (result.status !== "authenticated") throw new Error(`The token was refused: ${result.reason}.`);
  return result;
}

/** "authenticated", or the reason why not. */
export async function verdictOn(sessions: SessionManager, token: string): Promise<string> {
  const result = await sessions.authenticate(token);
  return result.status === "authenticated" ? "authenticated" : result.reason;
}

/** Presents the token and sends out the next secret, as a response whose `rotationDue` says so. */
export async function rotate(sessions: SessionManager, token: string): Promise<SessionToken> {
  const next = await sessions.rotate(await present(sessions, token));
  if (next === null) throw new Error("No secret was issued.");
  return next;
}

export async function reauthenticate(sessions: SessionManager, token: string) {
  const result = await sessions.reauthenticate(await present(sessions, token));
  if (result.outcome !== "reauthenticated") throw new Error(`The re-authentication was refused: ${result.outcome}.`);
  return result;
}
