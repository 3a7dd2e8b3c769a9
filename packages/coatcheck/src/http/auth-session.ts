import { type Awaitable, after } from "../core/awaitable.ts";
import type { Authentication, Session } from "../core/session.ts";
import type { JsonObject } from "../core/session-record.ts";
import { type GuardedRequest, pathOf } from "./guarded-request.ts";
import { type LoginSteps, logIn, proveAgain } from "./login-loop.ts";
import type { LoginRules } from "./login-options.ts";
import type { CredentialCheck, LoginOutcome, OwnSession, ProofOptions, UserLoginOptions } from "./login-outcome.ts";
import { type LoginViews, refuseAnonymous, refuseStale, type StepUp, validateViews } from "./login-views.ts";
import { listOwn, revokeOwn } from "./own-sessions.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestAuthenticateOptions, RequestSession } from "./request-session.ts";
import type { HeaderEdit, OutgoingResponse } from "./response-headers.ts";
import type { WaitingAnswer } from "./rotation-answer.ts";
import { safeNext } from "./safe-next.ts";
import { refuseCallAlone, refuseUnloaded, requireLoadOptions } from "./session-mistakes.ts";
import { authenticateClient, isFreshHere, isSameClient } from "./session-protection.ts";

/**
 * AuthSession is the session of one request, with its user: it says who is logged in, and what they may do. `load` asks
 * the store and finds the user, once; a guarded handler gets a session that is already loaded.
 */
export class AuthSession<User> {
  /** The request as the guard saw it. */
  readonly request: GuardedRequest;
  readonly #session: RequestSession;
  readonly #rules: LoginRules<User>;
  /** The session itself, once it is loaded. */
  #loading: Awaitable<this> | null = null;
  #isLoaded = false;
  #user: User | null = null;
  #held: Authentication | null = null;
  #data: JsonObject | null = null;
  #decisions = 0;

  /** @internal `LoginManager.admit` makes them. */
  constructor(session: RequestSession, rules: LoginRules<User>) {
    this.request = session.request;
    this.#session = session;
    this.#rules = rules;
  }

  /** Distinguishes a session from a refusal. */
  readonly ok = true as const;

  /** The user, or null. @throws CoatcheckError `session_not_loaded` before `load`, as every property of the session */
  get user(): User | null {
    if (!this.#isLoaded) refuseUnloaded();
    return this.#user;
  }

  /** The session. Null without a user, and for a user that the request itself names. */
  get session(): Session | null {
    const session = this.authentication?.session ?? null;
    return session === null || this.#data === null ? session : { ...session, data: this.#data };
  }

  /** The application's own data of the session; empty without a session. */
  get data(): JsonObject {
    return this.#data ?? this.authentication?.session.data ?? {};
  }

  /** The proof of the session, which issuers of passes and identity tokens need. Null without a session. */
  get authentication(): Authentication | null {
    if (!this.#isLoaded) refuseUnloaded();
    return this.#held;
  }

  /**
   * Asks the store and finds the user, on the first call; further calls get the same result. `slide: false` marks a
   * poll, which does not extend the session: `const { user } = await auth.of(request).load();`
   */
  async load(options?: { readonly slide?: boolean }): Promise<this> {
    return calledOn(this).#loadOnce(options);
  }

  /** Asks again, as for a WebSocket: null if the browser has a new cookie since. Until then nothing changes. */
  async reload(options?: { readonly slide?: boolean }): Promise<this> {
    calledOn(this).#session.refresh();
    this.#decisions++;
    this.#loading = null;
    return this.#loadOnce(options);
  }

  /** Null for a user who is logged in; otherwise the answer to give. No promise if session and user are at hand. */
  requireLogin(views?: LoginViews): Awaitable<Refusal | null> {
    if (views !== undefined) validateViews(views);
    return after(calledOn(this).#loadOnce(), () => (this.#user === null ? this.refuseLogin(views) : null));
  }

  /** The answer of `requireLogin` without a user, for a session that the application itself rejects. */
  refuseLogin({ loginView = calledOn(this).#rules.loginView }: LoginViews = {}): Refusal {
    return refuseAnonymous(calledOn(this).#session, loginView);
  }

  /** Whether the user proved who they are within so many seconds; by default the policy's `freshForSeconds`. */
  async isFresh({ withinSeconds }: StepUp = {}): Promise<boolean> {
    return isFreshHere(await calledOn(this).#loadWithFreshness(), this.#session, this.#rules, withinSeconds);
  }

  /** Null for a user who has just proved who they are, which takes a session; otherwise the answer to give. */
  requireFresh(options: LoginViews & StepUp = {}): Awaitable<Refusal | null> {
    validateViews(options, ["withinSeconds"]);
    return after(calledOn(this).#loadWithFreshness(), (held) => {
      if (this.#user === null) return this.refuseLogin(options);
      if (isFreshHere(held, this.#session, this.#rules, options.withinSeconds)) return null;
      const view = options.refreshView === undefined ? this.#rules.refreshView : options.refreshView;
      return refuseStale(this.#session, held, view);
    });
  }

  /**
   * Logs in a user whose credential `check` accepts, and puts the cookie into the response. Null stands for a user that
   * does not exist: the check runs all the same, and the answer is the same as for a wrong password. A session that the
   * browser already holds ends. A login that a revoke-all overtook is checked once more, then refused.
   *
   * @throws CoatcheckError `invalid_login_check` for a check that answers neither true nor false
   */
  async login(
    userId: string | null | undefined,
    check: CredentialCheck,
    options: UserLoginOptions = {},
  ): Promise<LoginOutcome<User>> {
    const login = await logIn(calledOn(this).#steps, userId, check, options);
    if (!login.ok) return login;
    this.#decide(this.#rules.users.isActive(login.user) ? login.user : null, login.authentication);
    return { ok: true, user: login.user, session: login.authentication.session };
  }

  /**
   * The user of this session proves again who they are: the login is fresh, under a new cookie. If the session changes
   * during the check, both are repeated, three times at most. A wrong credential is `invalid_credentials` with 403.
   */
  async confirm(check: CredentialCheck, options: ProofOptions = {}): Promise<LoginOutcome<User>> {
    const proof = await proveAgain(calledOn(this).#steps, check, options);
    // A user that the request itself names had no session to lose, and stays.
    if (!proof.ok && proof.code === "unauthenticated" && this.#held !== null) this.#decide(null, null);
    if (!proof.ok) return proof;
    this.#decide(proof.user, proof.authentication);
    return { ok: true, user: proof.user, session: proof.authentication.session };
  }

  /** Ends the session, and deletes the cookie. Rejects, and keeps the cookie, if the store fails. */
  async logout(): Promise<void> {
    await calledOn(this).#session.logout();
    this.#decide(null, null);
  }

  /** The user's devices, with the one of this request marked; empty without a session. */
  async devices(): Promise<readonly OwnSession[]> {
    return listOwn(calledOn(this).#session, await this.#ownSession());
  }

  /** Ends one of the user's own sessions; that of this request is logged out. False if there is none of that id. */
  async revoke(sessionId: string): Promise<boolean> {
    const held = await calledOn(this).#ownSession();
    if (held?.session.id !== sessionId) return revokeOwn(this.#session, held, sessionId);
    await this.logout();
    return true;
  }

  /** Ends all of the user's other sessions, and logins under way. Returns how many sessions it ended. */
  async revokeOthers(): Promise<number> {
    const held = await calledOn(this).#ownSession();
    return held === null ? 0 : this.#session.sessions.revokeOthers(held, "revoked", { cause: this.request });
  }

  /** Ends all of the user's sessions, this one too, and logins under way; deletes the cookie. Returns their number. */
  async revokeAll(): Promise<number> {
    const held = await calledOn(this).#ownSession();
    if (held === null) return 0;
    const ended = await this.#session.sessions.revokeAll(held.session.userId, "revoked", { cause: this.request });
    // A login of this request may have begun a new session meanwhile, which stays.
    if (this.#held?.session.id !== held.session.id) return ended;
    this.#session.forget();
    this.#decide(null, null);
    return ended;
  }

  /** Replaces the application's data of the session. False if the session is gone: no write brings a session back. */
  async replaceData(data: JsonObject): Promise<boolean> {
    const held = await calledOn(this).#ownSession();
    if (held === null || !(await this.#session.sessions.replaceData(held, data))) return false;
    this.#data = data;
    return true;
  }

  /** A token for the forms of this response; null without a session. Each token differs. */
  async csrfToken(): Promise<string | null> {
    await calledOn(this).#authenticate();
    return this.#session.csrfToken();
  }

  /** Whether a form sent back a CSRF token of this very session. Take it from the body or a header, never the URL. */
  async isCsrfTokenValid(token: string): Promise<boolean> {
    await calledOn(this).#authenticate();
    return this.#session.isCsrfTokenValid(token);
  }

  /** The place to go after the login: the `next` of this request's URL, if it is a path of this application. */
  next(fallback = "/"): string {
    return safeNext(new URLSearchParams(pathOf(calledOn(this).request)?.search ?? "").get("next"), fallback);
  }

  /** For adapters: informs `waiting` once the answer may have to wait, because a new secret is due. */
  onRotationDue(waiting: WaitingAnswer): void {
    this.#session.onRotationDue(waiting);
  }

  /** For adapters: the headers to write into the response. Call it once, when the headers are about to leave. */
  finish(response: OutgoingResponse): readonly HeaderEdit[] | Promise<readonly HeaderEdit[]> {
    return this.#session.finish(response);
  }

  /** Also keeps a failure as the result: a request whose session could not be read does not retry until it works. */
  #loadOnce(options?: { readonly slide?: boolean }): Awaitable<this> {
    if (this.#loading !== null) return this.#loading;
    try {
      this.#loading = this.#load(options);
    } catch (error) {
      this.#loading = Promise.reject(error);
    }
    return this.#loading;
  }

  #load(options?: { readonly slide?: boolean }): Awaitable<this> {
    const decisions = this.#decisions;
    return after(this.#authenticate(options === undefined ? options : requireLoadOptions(options)), (held) =>
      after(held === null ? null : this.#findSessionUser(held), (found) =>
        after(found ?? this.#rules.users.namedBy(this.#session), (user) => {
          // If a login or logout happened meanwhile, its result stands.
          if (this.#decisions === decisions) this.#know(user, found === null ? null : held);
          const userId = this.#held?.session.userId ?? null;
          this.#session.sessions.events.emit("user_accessed", { userId }, this.request);
          return this;
        }),
      ),
    );
  }

  #findSessionUser(held: Authentication): Awaitable<User | null> {
    const { id: sessionId, userId, remembered } = held.session;
    return after(this.#rules.users.byId(userId), (user) => {
      if (user !== null && remembered && held.freshnessKnown && !isFreshHere(held, this.#session, this.#rules)) {
        this.#session.sessions.events.emit("user_loaded_from_cookie", { userId, sessionId }, this.request);
      }
      return user;
    });
  }

  /** A near-cache knows the session's user, and only the store how fresh the login is. Asks it if that matters. */
  #loadWithFreshness(): Awaitable<Authentication | null> {
    return after(this.#loadOnce(), () => {
      const held = this.#held;
      if (held === null || held.freshnessKnown) return held;
      return after(this.#authenticate({ needsFreshness: true }), (known) => {
        // If a login or logout happened meanwhile, its result stands.
        if (this.#held === held) this.#know(known === null ? null : this.#user, known);
        return this.#held;
      });
    });
  }

  #authenticate(options?: RequestAuthenticateOptions): Awaitable<Authentication | null> {
    return authenticateClient(this.#session, this.#rules, options);
  }

  /** The session, if its user may use it: one who is gone or inactive may have a session, but cannot act by it. */
  async #ownSession(): Promise<Authentication | null> {
    return (await this.#loadOnce()).#held;
  }

  #know(user: User | null, held: Authentication | null): void {
    this.#user = user;
    this.#held = user === null ? null : held;
    this.#data = null;
    this.#isLoaded = true;
  }

  /** Keeps the result of a login or logout of this request, so that nothing is loaded again. */
  #decide(user: User | null, held: Authentication | null): void {
    this.#decisions++;
    this.#know(user, held);
    this.#loading = this;
  }

  get #steps(): LoginSteps<User> {
    return {
      session: this.#session,
      isSameClient: (held) => isSameClient(held, this.#session, this.#rules),
      authenticate: () => this.#authenticate(),
      findActiveUser: (userId, force) => this.#rules.users.byId(userId, force),
    };
  }
}

/** Each method checks this first, which costs next to nothing: a method taken out of its object has no session. */
function calledOn<Session>(receiver: Session): Session {
  return receiver instanceof AuthSession ? receiver : refuseCallAlone();
}
