import type { AuthenticateOptions } from "../core/authenticator.ts";
import { type Awaitable, isPending } from "../core/awaitable.ts";
import type { LoginAttempt, LoginOptions } from "../core/login.ts";
import { LOGIN_OPTIONS, requireLoginAttempt, requireLoginOptions } from "../core/login-arguments.ts";
import { type Authentication, type AuthenticationResult, unauthenticated } from "../core/session.ts";
import type { SessionManager } from "../core/session-manager.ts";
import type { Device } from "../core/session-record.ts";
import type { LoginResult, ReauthenticationResult } from "../core/session-results.ts";
import type { SessionToken } from "../core/session-token.ts";
import { CoatcheckError } from "../errors.ts";
import { type AddressPrecision, describeDevice } from "./client-device.ts";
import { isCsrfTokenValid, issueCsrfToken } from "./csrf-token.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { HostCookie } from "./host-cookie.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { cacheControl, type HeaderEdit, type OutgoingResponse, type VaryFields, withVary } from "./response-headers.ts";
import { canCarryRotation, type WaitingAnswer } from "./rotation-answer.ts";

/** The properties that all requests of a guard share. */
export interface RequestRules {
  readonly sessions: SessionManager;
  readonly cookie: HostCookie;
  readonly isPoll: (request: GuardedRequest) => boolean;
  readonly addressPrecision: AddressPrecision;
  /** The request headers on which an answer from the session depends: Cookie and, if others may ask, Origin. */
  readonly varyFields: VaryFields;
  /** The request headers on which any other answer depends; null if no other origin may ask. */
  readonly varyByOrigin: VaryFields | null;
  /** Clear-Site-Data after a logout; null for none. */
  readonly clearSiteData: HeaderEdit | null;
}

interface AdmittedRequest {
  readonly request: GuardedRequest;
  /** The value of the one cookie, unchecked; null without a cookie. */
  readonly token: string | null;
  readonly isCrossOrigin: boolean;
  readonly corsHeaders: readonly HeaderEdit[];
}

/** The options with which a request asks for its session. */
export type RequestAuthenticateOptions = Pick<AuthenticateOptions, "slide" | "needsFreshness">;
/** The options of a session that begins. The request supplies device, replaced session and cause. */
export type RequestLoginOptions = Omit<LoginOptions, "device" | "replaces" | "cause">;
/** The outcome of a login: the result of `SessionManager.login`, or the refusal of another origin. */
export type RequestLoginResult =
  | LoginResult
  | { readonly outcome: "refused"; readonly refusal: Refusal<"cross_origin_request"> };

const ABSENT = unauthenticated("absent");

/**
 * RequestSession is the session of one admitted request: its cookie, its look-up, and the headers of its response. It
 * asks the store only if the session is needed, and once. It writes the cookie only after the store has acknowledged.
 * It knows no users: `AuthSession` does.
 */
export class RequestSession {
  /** Distinguishes a session from a refusal. */
  readonly ok = true as const;
  /** The request as the guard saw it. */
  readonly request: GuardedRequest;
  /** The manager of all sessions, this one included. */
  readonly sessions: SessionManager;
  readonly #rules: RequestRules;
  #admitted: AdmittedRequest;
  /** The question to the store, while it is open or if it failed. */
  #asked: Promise<AuthenticationResult> | null = null;
  #known: AuthenticationResult | null = null;
  #setCookie: string | null = null;
  #hasForgotten = false;
  #isFinished = false;
  #asksAgain = false;
  /** Whether the request extended the session when it asked; null before. */
  #slide: boolean | null = null;
  #isOtherClientReported = false;
  #waitingAnswer: WaitingAnswer | null = null;
  #changeUnderWay: Promise<unknown> | null = null;

  /** @internal `RequestGuard.admit` makes them. */
  constructor(rules: RequestRules, admitted: AdmittedRequest) {
    this.request = admitted.request;
    this.sessions = rules.sessions;
    this.#rules = rules;
    this.#admitted = admitted;
  }

  /** Whether it is an unsafe request of another origin's page, without a cookie. It cannot begin a session. */
  get isCrossOrigin(): boolean {
    return this.#admitted.isCrossOrigin;
  }

  /** The client, in the form that is kept with a session that begins now. */
  get device(): Device {
    const { headers, clientAddress: address } = this.request;
    return describeDevice({ userAgent: headers.get("user-agent"), address }, this.#rules.addressPrecision);
  }

  /** Whether to report that another client presents the session: once a request. */
  reportsOtherClient(): boolean {
    if (this.#isOtherClientReported) return false;
    this.#isOtherClientReported = true;
    return true;
  }

  /**
   * The session and what it is worth. The first call asks the store, further calls get the same answer. `slide: false`
   * marks a poll, which does not extend the session; it counts on the first call. By default the guard's `isPoll`
   * decides. `needsFreshness` asks once more if a near-cache answered, because that cannot know the freshness.
   */
  authenticate(options: RequestAuthenticateOptions = {}): Awaitable<AuthenticationResult> {
    const { needsFreshness = false } = options;
    if (needsFreshness && this.#known?.status === "authenticated" && !this.#known.freshnessKnown) this.refresh();
    if (this.#known !== null) return this.#known;
    if (this.#asked !== null) return needsFreshness ? this.#asked.then(() => this.authenticate(options)) : this.#asked;
    const { sessions, isPoll } = this.#rules;
    const { token } = this.#admitted;
    if (token === null) return this.#know(ABSENT);
    // The first question's `slide` also applies to the question about freshness: a poll stays a poll.
    const slide = options.slide ?? (needsFreshness ? this.#slide : null) ?? !isPoll(this.request);
    this.#slide = slide;
    const asked = sessions.authenticate(token, { slide, needsFreshness, again: this.#asksAgain, cause: this.request });
    if (!isPending(asked)) return this.#know(asked);
    this.#asked = asked;
    asked.then(
      (result) => {
        if (this.#asked === asked) this.#know(result);
      },
      // The caller awaits the same promise and gets the error. Nothing is known about the session.
      () => {},
    );
    return asked;
  }

  /**
   * Completes a login that `sessions.begin` began, before the credential was checked, and puts the token into the
   * response. A session that the browser already holds ends. A page of another origin cannot log a user in.
   */
  login(attempt: LoginAttempt, options: RequestLoginOptions = {}): Promise<RequestLoginResult> {
    return this.#inTurn(() => this.#login(attempt, options));
  }

  /** Ends the session, if there is one, and deletes the cookie. Rejects, and keeps the cookie, if the store fails. */
  logout(): Promise<void> {
    return this.#inTurn(async () => {
      this.#requireUnfinished();
      const held = await this.authenticate({ slide: false });
      if (held.status === "authenticated") await this.sessions.logout(held, { cause: this.request });
      this.forget();
    });
  }

  /**
   * Deletes the cookie of a session that ended in another way, such as a revoke-all by its own user. If the headers
   * have left, the browser keeps the cookie, which is worthless.
   */
  forget(): void {
    this.#know(ABSENT);
    this.#setCookie = this.#rules.cookie.clear();
    this.#hasForgotten = true;
  }

  /** See `SessionManager.reauthenticate`; the new token goes into the response. */
  reauthenticate(
    authentication: Authentication,
    options: { readonly methods?: readonly string[] } = {},
  ): Promise<ReauthenticationResult> {
    return this.#inTurn(async () => {
      this.#requireUnfinished();
      requireLoginOptions(options, LOGIN_OPTIONS.proof);
      const result = await this.sessions.reauthenticate(authentication, { ...options, cause: this.request });
      if (result.outcome === "reauthenticated") this.#hold(result.token, result.authentication);
      return result;
    });
  }

  /** Forgets the store's answer: the next `authenticate` asks again, after a `session_changed` and before a retry. */
  refresh(): void {
    this.#asksAgain = true;
    this.#asked = null;
    this.#known = null;
  }

  /** A token for the forms of this response; null without a session. Each token differs. */
  async csrfToken(): Promise<string | null> {
    const held = await this.authenticate();
    return held.status === "authenticated" ? issueCsrfToken(this.sessions.csrfKeyOf(held)) : null;
  }

  /** Whether a form sent back a CSRF token of this very session. Take it from the body or a header, never the URL. */
  async isCsrfTokenValid(token: string): Promise<boolean> {
    const held = await this.authenticate();
    return held.status === "authenticated" && isCsrfTokenValid(this.sessions.csrfKeyOf(held), token);
  }

  /** Informs `waiting` once the session turns out to be due for a new secret: the answer may then have to wait. */
  onRotationDue(waiting: WaitingAnswer): void {
    this.#waitingAnswer = waiting;
    if (this.#known?.status === "authenticated" && this.#known.rotationDue) waiting.holdBack(this);
  }

  /**
   * The headers to write into the response. Adapters call this once, when the headers are about to leave. The caller
   * has to wait only if the secret is rotated, because that is due and the response can carry it. Nothing about the
   * session is written if the application did not ask for it.
   */
  finish(response: OutgoingResponse): readonly HeaderEdit[] | Promise<readonly HeaderEdit[]> {
    if (this.#isFinished) return [];
    // Set before the rotation, which would undo the effect of a concurrent login or logout on the cookie.
    this.#isFinished = true;
    const held = this.#known;
    if (this.#setCookie !== null || held?.status !== "authenticated" || !held.rotationDue) return this.#edit(response);
    if (!canCarryRotation(this.request, response)) return this.#edit(response);
    return this.#rotate(held).then(() => this.#edit(response));
  }

  /** Like `finish`, for a response that leaves now: a secret that is due is rotated with a later response. */
  finishAtOnce(response: OutgoingResponse): readonly HeaderEdit[] {
    this.#isFinished = true;
    return this.#edit(response);
  }

  /**
   * Runs the logins and logouts of one request one after the other: of two at once the later one wins, and no session
   * stays whose cookie was not sent.
   */
  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = (this.#changeUnderWay ?? Promise.resolve()).then(change);
    this.#changeUnderWay = result.catch(() => {});
    return result;
  }

  async #login(attempt: LoginAttempt, options: RequestLoginOptions): Promise<RequestLoginResult> {
    requireLoginAttempt(attempt);
    requireLoginOptions(options, LOGIN_OPTIONS.request);
    this.#requireUnfinished();
    if (this.isCrossOrigin) return { outcome: "refused", refusal: refusalOf("cross_origin_request") };
    const { sessions, device } = this;
    const held = await this.authenticate();
    const replaces = held.status === "authenticated" ? held : null;
    const result = await sessions.login(attempt, { ...options, device, replaces, cause: this.request });
    if (result.outcome !== "logged_in") return result;
    // The application answered without waiting: a session without a cookie must not stay.
    if (this.#isFinished) await sessions.logout(result.authentication, { cause: this.request });
    this.#requireUnfinished();
    // For `refresh`. A rotated secret is not kept here, because only the browser proves that it arrived.
    this.#admitted = { ...this.#admitted, token: result.token };
    this.#hold(result.token, result.authentication);
    return result;
  }

  #edit(response: OutgoingResponse): readonly HeaderEdit[] {
    const { corsHeaders } = this.#admitted;
    const { varyByOrigin, varyFields, clearSiteData } = this.#rules;
    if (this.#known === null && this.#asked === null) {
      return varyByOrigin === null ? corsHeaders : withVary(corsHeaders, response, varyByOrigin);
    }
    const caching = cacheControl(response, {
      carriesCookie: this.#setCookie !== null,
      // While the store is being asked, or if it failed, the user may be logged in: that is the stricter answer.
      isLoggedIn: this.#known?.status !== "unauthenticated",
      request: this.request,
    });
    const dependent = withVary(caching, response, varyFields);
    if (this.#setCookie === null && corsHeaders.length === 0) return dependent;
    const edits = [...dependent, ...corsHeaders];
    if (this.#hasForgotten && clearSiteData !== null) edits.unshift(clearSiteData);
    if (this.#setCookie !== null) edits.unshift({ name: "set-cookie", value: this.#setCookie, mode: "append" });
    return edits;
  }

  async #rotate(held: Authentication): Promise<void> {
    try {
      const token = await this.sessions.rotate(held, { cause: this.request });
      if (token !== null) this.#hold(token, held);
    } catch {
      // The request itself has its answer. If the store failed to rotate, the rotation is due again on the next
      // request; if only the acknowledgement was lost, the new secret counts as lost like any other.
    }
  }

  #hold(token: SessionToken, authentication: Authentication): void {
    const maximumAge = this.sessions.cookieLifetimeSeconds(authentication.session);
    this.#setCookie = this.#rules.cookie.write(token, maximumAge);
    this.#hasForgotten = false;
    this.#know(authentication);
  }

  #know(result: AuthenticationResult): AuthenticationResult {
    this.#asked = null;
    this.#known = result;
    if (result.status === "authenticated" && result.rotationDue) this.#waitingAnswer?.holdBack(this);
    return result;
  }

  #requireUnfinished(): void {
    if (!this.#isFinished) return;
    throw new CoatcheckError("response_already_sent", "The response headers have left: the cookie cannot follow.");
  }
}
