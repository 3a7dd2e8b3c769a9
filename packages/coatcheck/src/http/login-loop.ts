import { randomBytes } from "node:crypto";
import type { Awaitable } from "../core/awaitable.ts";
import { LOGIN_OPTIONS, requireLoginOptions } from "../core/login-arguments.ts";
import type { Authentication } from "../core/session.ts";
import { CoatcheckError } from "../errors.ts";
import type { CredentialCheck, ProofOptions, UserLoginOptions } from "./login-outcome.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { RequestLoginResult, RequestSession } from "./request-session.ts";

/** After one revoke-all during the check, the check is repeated; after a second one, the answer is to try again. */
const MAXIMUM_LOGIN_CHECKS = 2;
/** The session may change during the check, by a touch at least. Then both are repeated, but not without end. */
const MAXIMUM_PROOF_CHECKS = 3;

/** The parts of a request that its login needs. */
export interface LoginSteps<User> {
  readonly session: RequestSession;
  readonly isSameClient: (held: Authentication) => boolean;
  /** The session that the request brought, if it may be believed. */
  readonly authenticate: () => Awaitable<Authentication | null>;
  /** The user of that id, if the application has one who may be logged in; with `force` an inactive one, too. */
  readonly findActiveUser: (userId: string, force: boolean) => Awaitable<User | null>;
}

type Proven<User> = { readonly ok: true; readonly user: User; readonly authentication: Authentication } | Refusal;

/**
 * Reads the fence, checks the credential, finds the user, and begins the session. This order notices a revoke-all, a
 * change of the password or a disabling of the user that happens in between. An unknown user takes the same steps as a
 * known one.
 */
export async function logIn<User>(
  steps: LoginSteps<User>,
  userId: string | null | undefined,
  check: CredentialCheck,
  options: UserLoginOptions,
): Promise<Proven<User>> {
  requireUserId(userId);
  requireCheck(check);
  requireLoginOptions(options, LOGIN_OPTIONS.user);
  const { force = false, repeat = true, ...begun } = options;
  const { session } = steps;
  if (session.isCrossOrigin) return refusalOf("cross_origin_request");
  for (let checks = 1; ; checks++) {
    const attempt = await session.sessions.begin(userId ?? idOfNoUser());
    const isRight = await isCredentialRight(check);
    if (!isRight || userId === null || userId === undefined) return refusalOf("invalid_credentials");
    const user = await steps.findActiveUser(userId, force);
    if (user === null) return refusalOf("user_inactive");
    // Finds the session to replace. Only now, because a failed login must reveal nothing about the browser's session.
    await steps.authenticate();
    const outcome = outcomeOf(user, await session.login(attempt, begun));
    const isOvertaken = !outcome.ok && outcome.code === "login_overtaken";
    if (!isOvertaken || !repeat || checks === MAXIMUM_LOGIN_CHECKS) return outcome;
  }
}

/**
 * Checks the credential of the session's own user again, and makes the login fresh. If the session changed during the
 * check, both are repeated. The session stays the same, unless another client uses it than the one that began it: then
 * it is replaced.
 */
export async function proveAgain<User>(
  steps: LoginSteps<User>,
  check: CredentialCheck,
  options: ProofOptions,
): Promise<Proven<User>> {
  requireCheck(check);
  requireLoginOptions(options, LOGIN_OPTIONS.confirmation);
  const { repeat = true, ...proof } = options;
  const { session } = steps;
  if (session.isCrossOrigin) return refusalOf("cross_origin_request");
  for (let checks = 1; ; checks++) {
    const held = await steps.authenticate();
    if (held === null) return refusalOf("unauthenticated");
    const { userId } = held.session;
    // If the session is to be replaced, this is a login.
    const attempt = steps.isSameClient(held) ? null : await session.sessions.begin(userId);
    // 403, not 401: the session is valid, and its user must not be sent to the login page.
    if (!(await isCredentialRight(check))) return refusalOf("invalid_credentials", { status: 403 });
    const user = await steps.findActiveUser(userId, false);
    if (user === null) return refusalOf("user_inactive");
    const isLast = !repeat || checks === MAXIMUM_PROOF_CHECKS;
    if (attempt === null) {
      const result = await session.reauthenticate(held, proof);
      if (result.outcome === "reauthenticated") return { ok: true, user, authentication: result.authentication };
      if (result.outcome === "session_busy" || isLast) return refusalOf(result.outcome);
    } else {
      const { remembered, data, methods } = held.session;
      const outcome = outcomeOf(user, await session.login(attempt, { remember: remembered, data, methods, ...proof }));
      if (outcome.ok || outcome.code !== "login_overtaken" || isLast) return outcome;
    }
    session.refresh();
  }
}

function outcomeOf<User>(user: User, result: RequestLoginResult): Proven<User> {
  switch (result.outcome) {
    case "logged_in":
      return { ok: true, user, authentication: result.authentication };
    case "refused":
      return result.refusal;
    default:
      return refusalOf(result.outcome);
  }
}

/**
 * The store takes as long to read this fence as that of a user. Random, because a constant might one day be a user's
 * id.
 */
function idOfNoUser(): string {
  return randomBytes(16).toString("base64url");
}

async function isCredentialRight(check: CredentialCheck): Promise<boolean> {
  const answer: unknown = await check();
  if (typeof answer === "boolean") return answer;
  const message = `The check of a login answers true or false, not ${typeof answer}: () => passwordMatches(…) === true.`;
  throw new CoatcheckError("invalid_login_check", message);
}

function requireCheck(check: unknown): void {
  if (typeof check === "function") return;
  const message = `The check of a login is a function, not ${typeof check}: auth.login(request, id, () => passwordMatches(…)).`;
  throw new CoatcheckError("invalid_login_check", message);
}

function requireUserId(userId: unknown): void {
  if (userId === null || userId === undefined || typeof userId === "string") return;
  const hint = typeof userId === "number" ? " Write String(user.id)." : "";
  throw new CoatcheckError("invalid_user_id", `A user id is text, not ${typeof userId}.${hint}`);
}
