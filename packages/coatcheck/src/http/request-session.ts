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

/** What is the same for every request of a guard. */
export interface RequestRules {
  readonly sessions: SessionManager;
  readonly cookie: HostCookie;
  readonly isPoll: (request: GuardedRequest) => boolean;
  readonly addressPrecision: AddressPrecision;
  /** What an answer depends on that depends on the session: its cookie, and the origin that asks where others may. */
  readonly varyFields: VaryFields;
  /** What any other answer depends on; null where no other origin may ask. */
  readonly varyByOrigin: VaryFields | null;
  /** Clear-Site-Data after a logout; null for none. */
  readonly clearSiteData: HeaderEdit | null;
}

interface AdmittedRequest {
  readonly request: GuardedRequest;
  /** The one cookie's value, whatever it is; null without a cookie. */
  readonly token: string | null;
  readonly isCrossOrigin: boolean;
  readonly corsHeaders: readonly HeaderEdit[];
}

/** How a request asks for its session. */
export type RequestAuthenticateOptions = Pick<AuthenticateOptions, "slide" | "needsFreshness">;
/** How a session begins. Device, replaced session and cause are those of the request. */
export type RequestLoginOptions = Omit<LoginOptions, "device" | "replaces" | "cause">;
/** What a login came to: what `SessionManager.login` says, or the refusal of another origin. */
export type RequestLoginResult =
  | LoginResult
  | { readonly outcome: "refused"; readonly refusal: Refusal<"cross_origin_request"> };

const ABSENT = unauthenticated("absent");

/**
 * RequestSession is the session of one admitted request: its cookie, its lookup, and the headers of its response. The
 * store is asked only when the session is needed, and once. The cookie is written only after the store has acknowledged.
 * It knows no users: `AuthSession` does.
 */
export class RequestSession {
  /** Tells it from a refusal. */
  readonly ok = true as const;
  /** The request as the guard saw it. */
  readonly request: GuardedRequest;
  /** The sessions that it is one of. */
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
  /** How the request counted when it asked; null before. */
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

  /** An unsafe request of another origin's page. It was admitted because it carries no cookie, and begins no session. */
  get isCrossOrigin(): boolean {
    return this.#admitted.isCrossOrigin;
  }

  /** The client as it would be kept with a session that it begins now. */
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
   * The session, and what it is worth. The first call asks the store, further ones get the same answer.
   * `slide: false` marks a poll, which does not extend the session; it counts on the first call. By default the guard's
   * `isPoll` tells. `needsFreshness` asks once more where a near-cache answered that cannot know it.
   */
  authenticate(options: RequestAuthenticateOptions = {}): Awaitable<AuthenticationResult> {
    const { needsFreshness = false } = options;
    if (needsFreshness && this.#known?.status === "authenticated" && !this.#known.freshnessKnown) this.refresh();
    if (this.#known !== null) return this.#known;
    if (this.#asked !== null) return needsFreshness ? this.#asked.then(() => this.authenticate(options)) : this.#asked;
    const { sessions, isPoll } = this.#rules;
    const { token } = this.#admitted;
    if (token === null) return this.#know(ABSENT);
    // What the first question said of the request holds for the one about freshness: a poll stays a poll.
    const slide = options.slide ?? (needsFreshness ? this.#slide : null) ?? !isPoll(this.request);
    this.#slide = slide;
    const asked = sessions.authenticate(token, { slide, needsFreshness, again: this.#asksAgain, cause: this.request });
    if (!isPending(asked)) return this.#know(asked);
    this.#asked = asked;
    asked.then(
      (result) => {
        if (this.#asked === asked) this.#know(result);
      },
      // The caller awaits the same promise and gets the error. Nothing is known of the session.
      () => {},
    );
    return asked;
  }

  /**
   * Completes a login that `sessions.begin` began, before the credential was checked, and puts the token into the
   * response. A session that the browser already holds ends. A page of another origin cannot log anyone in.
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
   * Deletes the cookie of a session that was ended by other means, such as a revoke-all by its own user. Where the headers
   * have left, the browser keeps it, and it is worth nothing.
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

  /** Forgets what the store said, so that the next `authenticate` asks again: after a `session_changed`, before a retry. */
  refresh(): void {
    this.#asksAgain = true;
    this.#asked = null;
    this.#known = null;
  }

  /** A token for the forms of this response; null without a session. Never the same twice. */
  async csrfToken(): Promise<string | null> {
    const held = await this.authenticate();
    return held.status === "authenticated" ? issueCsrfToken(this.sessions.csrfKeyOf(held)) : null;
  }

  /** Whether a form sent back a CSRF token of this very session. Take it from the body or a header, never the URL. */
  async isCsrfTokenValid(token: string): Promise<boolean> {
    const held = await this.authenticate();
    return held.status === "authenticated" && isCsrfTokenValid(this.sessions.csrfKeyOf(held), token);
  }

  /** Tells `waiting` once the session turns out to be due for a new secret: the answer may then have to wait. */
  onRotationDue(waiting: WaitingAnswer): void {
    this.#waitingAnswer = waiting;
    if (this.#known?.status === "authenticated" && this.#known.rotationDue) waiting.holdBack(this);
  }

  /**
   * What to write into the response's headers. Adapters call it once, when they are about to leave. Only where the
   * secret is rotated, because that is due and the response can carry it, has the caller to wait. Nothing of the
   * session is written where the application did not ask about it.
   */
  finish(response: OutgoingResponse): readonly HeaderEdit[] | Promise<readonly HeaderEdit[]> {
    if (this.#isFinished) return [];
    // Before the rotation: what a login or logout did to the cookie meanwhile, it would undo.
    this.#isFinished = true;
    const held = this.#known;
    if (this.#setCookie !== null || held?.status !== "authenticated" || !held.rotationDue) return this.#edit(response);
    if (!canCarryRotation(this.request, response)) return this.#edit(response);
    return this.#rotate(held).then(() => this.#edit(response));
  }

  /** The same for a response that leaves now, whatever is due: the secret is rotated with a later one. */
  finishAtOnce(response: OutgoingResponse): readonly HeaderEdit[] {
    this.#isFinished = true;
    return this.#edit(response);
  }

  /**
   * Logins and logouts of one request, one after the other: of two at once the later has its way, and no session stays
   * whose cookie did not go out.
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
    // The application answered without waiting: a session that no cookie leads to must not stay.
    if (this.#isFinished) await sessions.logout(result.authentication, { cause: this.request });
    this.#requireUnfinished();
    // For `refresh`. Not so with a rotated secret: only the browser proves that it arrived.
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
      // While the store is asked, or if it failed, it may be: that is the stricter answer.
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
      // The request itself was answered for. A rotation that the store did not take is due again on the next one, and
      // one whose acknowledgement was lost is a lost secret like any other.
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
