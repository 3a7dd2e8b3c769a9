import type { LoginAttempt } from "../core/login.ts";
import { LOGIN_OPTIONS, requireLoginAttempt, requireLoginOptions } from "../core/login-arguments.ts";
import type { Authentication, Session } from "../core/session.ts";
import type { EventCause } from "../core/session-events.ts";
import type { SessionManager } from "../core/session-manager.ts";
import type { RefusalCode } from "../errors.ts";
import { pathOf } from "./guarded-request.ts";
import type { LoginRules } from "./login-rules.ts";
import type { LoginViews, StepUp } from "./login-views.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { safeNext } from "./safe-next.ts";
import { ProtectedSession } from "./session-protection.ts";
import type { Visit, VisitLoginOptions, VisitLoginResult } from "./visit.ts";

/** Somebody who is logged in. `session` is null only for a user whom the request loader named. */
export interface LoggedIn<User, RequestUser extends User = never> {
  readonly admitted: true;
  /** As the user loader or the request loader found them. */
  readonly user: User;
  /** Their session; null only for a user whom the request loader named. */
  readonly session: Session | ([RequestUser] extends [never] ? never : null);
  /** Whether they proved who they are within the policy's `freshForSeconds`. */
  readonly fresh: boolean;
  /** What they may do about it: their devices, their logout. */
  readonly visit: LoginVisit<User, unknown, RequestUser>;
}

/** As `LoggedIn`, where a session is sure to be there. */
export interface LoggedInWithSession<User, RequestUser extends User = never> extends LoggedIn<User, RequestUser> {
  /** Their session. */
  readonly session: Session;
}

/** How a session of a user begins. */
export interface UserLoginOptions extends VisitLoginOptions {
  /** Begins a session for a user who is not active, and who still counts as nobody until they are. False by default. */
  readonly force?: boolean;
}

/** What a login came to: the user, or the answer to give. */
export type UserLoginResult<User> =
  | { readonly outcome: "logged_in"; readonly user: User; readonly session: Session }
  | { readonly outcome: "refused"; readonly refusal: Refusal };

/** A session in the list that its user sees. */
export interface OwnSession extends Session {
  /** The one of this request. */
  readonly current: boolean;
}

/**
 * LoginVisit is one request as its user sees it: who they are, and what they may do about it. The store is asked, and
 * the user loaded, only when somebody wants to know, and once.
 */
export class LoginVisit<User, Anonymous = null, RequestUser extends User = never> {
  /** The request below: its token, its cookie, its CSRF tokens. */
  readonly visit: Visit;
  readonly #sessions: SessionManager;
  readonly #rules: LoginRules<User, Anonymous, RequestUser>;
  readonly #session: ProtectedSession;
  #identity: Promise<LoggedIn<User, RequestUser> | null> | null = null;

  /** @internal `LoginManager.of` makes them. */
  constructor(visit: Visit, sessions: SessionManager, rules: LoginRules<User, Anonymous, RequestUser>) {
    this.visit = visit;
    this.#sessions = sessions;
    this.#rules = rules;
    this.#session = new ProtectedSession(visit, sessions, rules);
  }

  /** Who is logged in, with their session; null for nobody, and for a user who is gone or not active. */
  identify(): Promise<LoggedIn<User, RequestUser> | null> {
    this.#identity ??= this.#load();
    return this.#identity;
  }

  /** Who is logged in; for nobody, what `anonymousUser` gives. */
  async currentUser(): Promise<User | Anonymous> {
    return (await this.identify())?.user ?? this.#rules.anonymousUser();
  }

  /** Admits whoever is logged in. */
  async requireLogin(views: LoginViews = {}): Promise<LoggedIn<User, RequestUser> | Refusal> {
    const identity = await this.identify();
    return identity ?? this.#unauthorized(views);
  }

  /** Admits whoever has just proved who they are; others are to do it again. A request without a session never is. */
  async requireFreshLogin(
    options: LoginViews & StepUp = {},
  ): Promise<LoggedInWithSession<User, RequestUser> | Refusal> {
    const identity = await this.identify();
    if (identity === null) return this.#unauthorized(options);
    const { user, session } = identity;
    const held = await this.#session.authenticate();
    if (session !== null && held !== null && this.#session.isFresh(held, options.withinSeconds)) {
      return { admitted: true, user, session, fresh: true, visit: this };
    }
    const { method } = this.visit.request;
    if (session !== null) {
      this.#events.emit("needs_refresh", { userId: session.userId, sessionId: session.id, method }, this.visit.request);
    }
    const view = options.refreshView === undefined ? this.#rules.refreshView : options.refreshView;
    return refusalOf("reauthentication_required", { location: this.#viewLocation(view) });
  }

  /** Begins a login. Before the credential is read: see `SessionManager.begin`. */
  async begin(userId: string): Promise<LoginAttempt> {
    // Known before the proof is looked at, so that a change of the credential in between is seen.
    await this.#session.authenticate();
    return this.#sessions.begin(userId);
  }

  /** Completes a login whose credential was found right since `begin`. A user who is not active is refused. */
  async login(attempt: LoginAttempt, options: UserLoginOptions = {}): Promise<UserLoginResult<User>> {
    // Before the user is loaded: for no id at all a loader may find one.
    requireLoginAttempt(attempt);
    requireLoginOptions(options, LOGIN_OPTIONS.user);
    const { force = false, ...rest } = options;
    const user = await this.#activeUser(attempt.userId, force);
    if (user === null) return refused("user_inactive");
    return this.#outcome(user, await this.visit.login(attempt, rest));
  }

  /**
   * Logs a user in without an attempt: for a proof that needs no check here, such as a mail's link that was used up. It
   * outruns a revoke-all: one that falls between that proof and this call is not seen, and the session stays.
   */
  async dangerouslyLoginWithoutAttempt(userId: string, options?: UserLoginOptions): Promise<UserLoginResult<User>> {
    return this.login(await this.#sessions.begin(userId), options);
  }

  /**
   * The user of this session proved again who they are, since `begin`: the login is fresh. The session stays the same,
   * with a new secret; one that is used from another client than it began with is replaced.
   */
  async confirmLogin(
    attempt: LoginAttempt,
    options: { readonly methods?: readonly string[] } = {},
  ): Promise<UserLoginResult<User>> {
    requireLoginAttempt(attempt);
    requireLoginOptions(options, LOGIN_OPTIONS.proof);
    const held = await this.#session.authenticate();
    if (held === null) return refused("unauthenticated");
    if (held.session.userId !== attempt.userId) return refused("other_user");
    const user = await this.#activeUser(attempt.userId, false);
    if (user === null) return refused("user_inactive");
    if (!this.#session.isSameClient(held)) return this.#outcome(user, await this.#replace(held, attempt, options));

    const result = await this.visit.reauthenticate(held, options);
    this.#identity = null;
    if (result.outcome !== "reauthenticated") return refused(result.outcome);
    return { outcome: "logged_in", user, session: result.authentication.session };
  }

  /** Ends the session, logged in or not. See `Visit.logout`. */
  async logout(): Promise<void> {
    await this.visit.logout();
    this.#identity = Promise.resolve(null);
  }

  /** Where to go after the login: the `next` of this request's URL, if it is a path of this application. */
  next(fallback = "/"): string {
    return safeNext(new URLSearchParams(pathOf(this.visit.request)?.search ?? "").get("next"), fallback);
  }

  /** The user's devices, this one marked; empty for nobody. */
  async sessions(): Promise<readonly OwnSession[]> {
    const held = await this.#identifiedSession();
    if (held === null) return [];
    const sessions = await this.#sessions.list(held.session.userId);
    return sessions.map((session) => ({ ...session, current: session.id === held.session.id }));
  }

  /** Ends one of the user's own sessions; one's own of this request is a logout. False when there is none of that id. */
  async revoke(sessionId: string): Promise<boolean> {
    const held = await this.#identifiedSession();
    if (held === null) return false;
    if (held.session.id !== sessionId)
      return this.#sessions.revoke(held.session.userId, sessionId, "revoked", this.#cause);
    await this.logout();
    return true;
  }

  /** Ends all of the user's sessions but this one, and logins under way. Returns how many it ended. */
  async signOutOtherDevices(): Promise<number> {
    const held = await this.#identifiedSession();
    return held === null ? 0 : this.#sessions.revokeOthers(held, "revoked", this.#cause);
  }

  /** The session of who counts as logged in: a user who is gone or not active has a session, and no say by it. */
  async #identifiedSession(): Promise<Authentication | null> {
    const identity = await this.identify();
    return identity === null || identity.session === null ? null : this.#session.authenticate();
  }

  get #cause(): EventCause {
    return { cause: this.visit.request };
  }

  get #events() {
    return this.#sessions.events;
  }

  async #load(): Promise<LoggedIn<User, RequestUser> | null> {
    const identity = (await this.#loadFromSession()) ?? (await this.#loadFromRequest());
    this.#events.emit("user_accessed", { userId: identity?.session?.userId ?? null }, this.visit.request);
    return identity;
  }

  async #loadFromSession(): Promise<LoggedIn<User, RequestUser> | null> {
    const held = await this.#session.authenticate();
    if (held === null) return null;
    const { session } = held;
    const user = await this.#activeUser(session.userId, false);
    if (user === null) return null;
    const fresh = this.#session.isFresh(held);
    if (session.remembered && !fresh) {
      this.#events.emit(
        "user_loaded_from_cookie",
        { userId: session.userId, sessionId: session.id },
        this.visit.request,
      );
    }
    return { admitted: true, user, session, fresh, visit: this };
  }

  async #loadFromRequest(): Promise<LoggedIn<User, RequestUser> | null> {
    const { requestLoader, isActive } = this.#rules;
    if (requestLoader === undefined || this.visit.isCrossOrigin) return null;
    const { request } = this.visit;
    const user = (await requestLoader(request)) ?? null;
    if (user === null || isActive(user) !== true) return null;
    this.#events.emit("user_loaded_from_request", { method: request.method }, request);
    // A request loader is given, so RequestUser is not never, and the type of `session` includes null.
    return { admitted: true, user, session: null as LoggedIn<User, RequestUser>["session"], fresh: false, visit: this };
  }

  async #activeUser(userId: string, force: boolean): Promise<User | null> {
    const user = (await this.#rules.userLoader(userId)) ?? null;
    return user !== null && (force || this.#rules.isActive(user) === true) ? user : null;
  }

  /** The same login as it was, at the client that it is used from now. */
  #replace(held: Authentication, attempt: LoginAttempt, options: { readonly methods?: readonly string[] }) {
    const { remembered, data, methods } = held.session;
    return this.visit.login(attempt, { remember: remembered, data, methods, ...options });
  }

  #outcome(user: User, result: VisitLoginResult): UserLoginResult<User> {
    this.#identity = null;
    switch (result.outcome) {
      case "logged_in":
        return { outcome: "logged_in", user, session: result.authentication.session };
      case "refused":
        return result;
      default:
        return refused(result.outcome);
    }
  }

  #unauthorized(views: LoginViews): Refusal {
    this.#events.emit("unauthorized", { method: this.visit.request.method }, this.visit.request);
    const view = views.loginView === undefined ? this.#rules.loginView : views.loginView;
    return refusalOf("unauthenticated", { location: this.#viewLocation(view) });
  }

  /** The view, with the way back: for a person who opens a page. A script is told by the status. */
  #viewLocation(view: string | null): string | null {
    const { request } = this.visit;
    if (view === null || !opensPage(request.method, request.headers)) return null;
    const path = pathOf(request);
    const next = path === null ? "/" : safeNext(path.pathname + path.search);
    return `${view}${view.includes("?") ? "&" : "?"}next=${encodeURIComponent(next)}`;
  }
}

/** What only a navigation of a browser says (Fetch Metadata), or an older one's wish for HTML. */
function opensPage(method: string, headers: { get(name: string): string | null }): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? (headers.get("accept") ?? "").includes("text/html") : mode === "navigate";
}

function refused(code: RefusalCode): { readonly outcome: "refused"; readonly refusal: Refusal } {
  return { outcome: "refused", refusal: refusalOf(code) };
}
