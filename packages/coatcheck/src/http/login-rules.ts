import { refuseUnknownOptions } from "../core/known-options.ts";
import type { Session } from "../core/session.ts";
import { CoatcheckError } from "../errors.ts";
import { keptUserAgent } from "./client-device.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { type LoginViews, validateViews } from "./login-views.ts";
import type { RequestGuard } from "./request-guard.ts";
import type { Visit } from "./visit.ts";

type Awaitable<Value> = Value | Promise<Value>;

/** Who the users are, and who of them may be logged in. Unknown options are refused. */
export interface LoginManagerOptions<User, Anonymous = null, RequestUser extends User = never> extends LoginViews {
  /** The guard that every request passes first: it has the sessions. */
  readonly guard: RequestGuard;
  /** The user of that id; null or undefined when it is gone, who then counts as nobody. Asked once a request, at most. */
  readonly userLoader: (userId: string) => Awaitable<User | null | undefined>;
  /**
   * The user whom the request itself names, as by an API key in a header: asked where there is no session, and it begins
   * none. Never asked for a request of another origin's page, to which a browser may have added credentials unasked. By
   * default only sessions count.
   */
  readonly requestLoader?: (request: GuardedRequest) => Awaitable<RequestUser | null | undefined>;
  /** Whether a user may log in, and stay so. Everyone by default. */
  readonly isActive?: (user: User) => boolean;
  /** Whom `currentUser` names when nobody is logged in; null by default. */
  readonly anonymousUser?: () => Anonymous;
  /**
   * What a cookie is worth that another client presents than the one that logged in. "basic", the default: its login is
   * not fresh. "strong": the session ends. A copy of the cookie made with care looks like the same client: this finds
   * out careless thieves, no others.
   */
  readonly sessionProtection?: "basic" | "strong" | "off";
  /** Whether a request comes from the session's client; by default, whether its user agent is the same. */
  readonly isSameClient?: (session: Session, visit: Visit) => boolean;
}

/** The options of a LoginManager, with what was left out filled in. */
export type LoginRules<User, Anonymous, RequestUser extends User> = Readonly<
  Required<Omit<LoginManagerOptions<User, Anonymous, RequestUser>, "guard" | "requestLoader">> &
    Pick<LoginManagerOptions<User, Anonymous, RequestUser>, "requestLoader">
>;

const OPTIONS: ReadonlySet<string> = new Set<keyof LoginManagerOptions<unknown>>([
  "guard",
  "userLoader",
  "requestLoader",
  "isActive",
  "anonymousUser",
  "loginView",
  "refreshView",
  "sessionProtection",
  "isSameClient",
]);

const PROTECTIONS: ReadonlySet<string> = new Set(["basic", "strong", "off"]);

/** @throws CoatcheckError `invalid_configuration` */
export function loginRulesOf<User, Anonymous, RequestUser extends User>(
  options: LoginManagerOptions<User, Anonymous, RequestUser>,
): LoginRules<User, Anonymous, RequestUser> {
  refuseUnknownOptions("LoginManager", options, OPTIONS);
  const refuse = (message: string): never => {
    throw new CoatcheckError("invalid_configuration", message);
  };
  const { sessionProtection = "basic", loginView = null, refreshView = null } = options;
  if (typeof options.userLoader !== "function") refuse("A LoginManager needs a userLoader.");
  for (const name of ["requestLoader", "isActive", "anonymousUser", "isSameClient"] as const) {
    const given = options[name];
    if (given !== undefined && typeof given !== "function") refuse(`${name} is a function.`);
  }
  if (!PROTECTIONS.has(sessionProtection)) refuse('sessionProtection is "basic", "strong" or "off".');
  return Object.freeze({
    ...options,
    isActive: options.isActive ?? (() => true),
    // Without the option, Anonymous is null: its type says so.
    anonymousUser: options.anonymousUser ?? (() => null as Anonymous),
    isSameClient: options.isSameClient ?? hasSameUserAgent,
    sessionProtection,
    ...validateViews({ loginView, refreshView }),
  });
}

function hasSameUserAgent(session: Session, visit: Visit): boolean {
  return session.device.userAgent === keptUserAgent(visit.request.headers.get("user-agent"));
}
