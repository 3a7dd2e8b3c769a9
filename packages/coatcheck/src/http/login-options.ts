import type { Awaitable } from "../core/awaitable.ts";
import { refuseUnknownOptions, requireChoice, requireFunction } from "../core/known-options.ts";
import type { Session } from "../core/session.ts";
import { kindOf } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";
import { deciding } from "./deciding.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { type LoginViews, validateViews } from "./login-views.ts";
import type { RequestGuard } from "./request-guard.ts";
import type { ProtectionRules } from "./session-protection.ts";
import { UserLookup } from "./user-lookup.ts";

/** Options for finding the application's users, and for deciding which of them may be logged in. */
export interface UserOptions<User> extends LoginViews {
  /**
   * Finds the user of that id. Null or undefined if there is none any more: then the request has no user. The values
   * false, 0 and "" are no users either. Called at most once a request, and once more by a login.
   */
  readonly findUser: (userId: string) => Awaitable<User | null | undefined>;
  /**
   * Finds the user that the request itself names, as by an API key in a header. Called if there is no session, and
   * begins none. Never called for a request of another origin's page, to which a browser may have added credentials on
   * its own. By default only sessions count.
   */
  readonly findRequestUser?: (request: GuardedRequest) => Awaitable<User | null | undefined>;
  /** Whether a user may log in, and stay logged in. By default every user may. */
  readonly isActive?: (user: User) => boolean;
  /**
   * The reaction to a cookie from another client than the one that logged in. "basic", the default: the login no longer
   * counts as fresh. "strong": the session ends. A careful thief can imitate the client, so this only catches careless
   * ones.
   */
  readonly sessionProtection?: "basic" | "strong" | "off";
  /** Whether a request comes from the session's client; by default, whether its user agent is the same. */
  readonly isSameClient?: (session: Session, request: GuardedRequest) => boolean;
}

/** The options of a LoginManager. Unknown ones are refused. */
export interface LoginManagerOptions<User> extends UserOptions<User> {
  /** The guard that every request passes first. It knows the sessions. */
  readonly guard: RequestGuard;
}

/**
 * The options of a LoginManager, with defaults filled in. `isActive` is written as a method, which lets the session of
 * a user be used as that of a more general type of user.
 */
export interface LoginRules<User> extends ProtectionRules {
  readonly users: UserLookup<User>;
  readonly loginView: string | null;
  readonly refreshView: string | null;
}

export const USER_OPTIONS = [
  "findUser",
  "findRequestUser",
  "isActive",
  "loginView",
  "refreshView",
  "sessionProtection",
  "isSameClient",
] as const satisfies readonly (keyof UserOptions<unknown>)[];

const FUNCTIONS = ["findRequestUser", "isActive", "isSameClient"] as const;

/** @throws CoatcheckError `invalid_configuration` */
export function loginRulesOf<User>(options: LoginManagerOptions<User>): LoginRules<User> {
  refuseUnknownOptions("LoginManager", options, new Set(["guard", ...USER_OPTIONS]));
  requireGuard("A LoginManager", options.guard);
  const { findUser } = options;
  if (typeof findUser !== "function") {
    const fault = findUser === undefined ? "findUser is missing" : `findUser is a function, not ${kindOf(findUser)}`;
    const message = `${fault}: it takes a user's id and gives the user, or null, as (id) => users.get(id) does.`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  for (const name of FUNCTIONS) requireFunction(name, options[name]);
  requireChoice("sessionProtection", options.sessionProtection, ["basic", "strong", "off"]);
  const { loginView = null, refreshView = null } = validateViews(options, ["guard", ...USER_OPTIONS]);
  return Object.freeze({
    users: new UserLookup({
      ...options,
      ...(options.isActive !== undefined && { isActive: deciding("isActive", options.isActive) }),
    }),
    sessionProtection: options.sessionProtection ?? "basic",
    isSameClient: options.isSameClient && deciding("isSameClient", options.isSameClient),
    loginView,
    refreshView,
  });
}

/**
 * Refuses the `auth` of an application: it admits requests like a guard, but gives another answer.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function requireGuard(owner: string, guard: unknown): void {
  const given = Object(guard) as { readonly admit?: unknown; readonly cookie?: unknown; readonly guard?: unknown };
  if (typeof given.admit === "function" && typeof given.cookie === "object") return;
  const write = given.guard === undefined ? "guard: new RequestGuard({ sessions, origin })" : "guard: auth.guard";
  const message = `${owner} needs a guard, a RequestGuard, not ${kindOf(guard)}: write ${write}.`;
  throw new CoatcheckError("invalid_configuration", message);
}
