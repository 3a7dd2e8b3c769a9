import { CoatcheckError } from "../errors.ts";
import { announceRemovals } from "./announce-removals.ts";
import { type AuthenticateOptions, Authenticator } from "./authenticator.ts";
import type { Awaitable } from "./awaitable.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ClockCheck } from "./clock-check.ts";
import { type LoginAttempt, type LoginOptions, newSessionRecord } from "./login.ts";
import { brandLoginAttempt, LOGIN_OPTIONS, requireLoginAttempt, requireLoginOptions } from "./login-arguments.ts";
import { renewSecrets } from "./renew-secrets.ts";
import { RevocationMemory } from "./revocation-memory.ts";
import { type IssuePurpose, issueSecret, mayIssueSecret } from "./secret-rotation.ts";
import { Authentication, type AuthenticationResult, authenticationFor, type Session, sessionOf } from "./session.ts";
import { validateSessionData } from "./session-data.ts";
import { type EventCause, SessionEventEmitter } from "./session-events.ts";
import { requireManagerOptions, type SessionManagerOptions } from "./session-manager-options.ts";
import { lifetimeOf, type SessionPolicy, standardPolicy, validatePolicy } from "./session-policy.ts";
import {
  applyChange,
  type EndReason,
  expiresAt,
  type JsonObject,
  type SessionChange,
  type SessionRecord,
} from "./session-record.ts";
import type { LoginResult, ReauthenticationResult } from "./session-results.ts";
import type { SessionStore } from "./session-store.ts";
import { digestOf, isSessionId, mintToken, partsOf, rotateToken, type SessionToken } from "./session-token.ts";
import { StoreReadiness } from "./store-readiness.ts";
import { updateWithRetry } from "./update-with-retry.ts";
import { deriveUserKey } from "./user-key.ts";

type Spared = { readonly except?: string };

/**
 * SessionManager begins, recognises and ends sessions, over any store. Only it makes tokens. All methods reject with
 * `store_unavailable` if the store fails; none of them then claims that anything was done.
 */
export class SessionManager {
  /** The policy in force. */
  readonly policy: SessionPolicy;
  /** Emits the events of sessions: `events.on("token_reused", …)`. */
  readonly events: SessionEventEmitter;
  readonly #store: SessionStore;
  readonly #namespace: string;
  readonly #clock: Clock;
  readonly #clocks: ClockCheck;
  readonly #readiness: StoreReadiness;
  readonly #authenticator: Authenticator;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: SessionManagerOptions) {
    requireManagerOptions(options);
    this.policy = validatePolicy(options.policy === undefined ? standardPolicy : options.policy);
    this.events = options.events ?? new SessionEventEmitter();
    this.#store = new RevocationMemory(options.store);
    this.#namespace = options.namespace ?? "default";
    this.#clock = options.clock ?? systemClock;
    this.#clocks = new ClockCheck(this.#store, this.#clock);
    this.#readiness = new StoreReadiness(this.#store, this.#clocks);
    this.#authenticator = new Authenticator({
      store: this.#store,
      clocks: this.#clocks,
      policy: this.policy,
      clock: this.#clock,
      end: (record, reason, options) => this.#end(record, reason, options),
      events: this.events,
    });
  }

  /**
   * Begins a login. Call it before you read the credential and the user's status: `login` then notices a revoke-all in
   * between, and refuses. For a user that does not exist, any id will do: nothing is written.
   *
   * @throws CoatcheckError `invalid_user_id`, `clock_skewed`
   */
  async begin(userId: string): Promise<LoginAttempt> {
    const userKey = deriveUserKey(this.#namespace, userId);
    return brandLoginAttempt({ userId, userKey, ...(await this.#clocks.readFence(userKey)) });
  }

  /**
   * Resolves if users can log in and out here: the store accepts a write, and this machine's clock is near the store's.
   * For the health checks of load balancers; the store is asked once a second at most.
   *
   * @throws CoatcheckError `store_unavailable`, `clock_skewed`
   */
  checkReadiness(): Promise<void> {
    return this.#readiness.check();
  }

  /** How far this machine's clock was ahead of the store's when they were last compared, or null. */
  get clockSkewMilliseconds(): number | null {
    return this.#clocks.skewMilliseconds;
  }

  /**
   * Completes a login whose credential was checked after `begin`. Put the token into the cookie, and nowhere else; it
   * exists only here.
   *
   * @throws CoatcheckError `invalid_login_attempt` for anything that `begin` did not return, `invalid_session_data`, or
   *   `invalid_configuration` for an unknown option or one of another type
   */
  async login(attempt: LoginAttempt, options: LoginOptions = {}): Promise<LoginResult> {
    requireLoginAttempt(attempt);
    requireLoginOptions(options, LOGIN_OPTIONS.manager);
    const token = mintToken(attempt.userKey);
    const record = newSessionRecord(attempt, token, options, this.policy, this.#clock.now());
    const held = options.replaces ? Authentication.secretOf(options.replaces).record : null;
    const isOwn = held?.userKey === attempt.userKey;
    const replaces = held !== null && isOwn ? { replaces: held.sessionId } : {};
    const result = await this.#store.insert(record, attempt, this.policy.limit, replaces);
    if (result.outcome === "id_unavailable") {
      throw new CoatcheckError("store_conflict", "A new session id was taken: random numbers are not to be trusted.");
    }
    if (result.outcome !== "inserted") return result;

    announceRemovals(this.events, result.removed, options);
    // Only now, because a failed login must not end the earlier session.
    if (held !== null && !isOwn) await this.#end(held, "replaced", options);
    const { userId, sessionId, remembered, methods } = record;
    this.events.emit("logged_in", { userId, sessionId, remembered, methods }, options.cause);
    return { outcome: "logged_in", token, authentication: authenticationFor(record, token) };
  }

  /**
   * Decides what a presented token is worth. Any text may be passed: only a token that was issued here is accepted. The
   * result is no promise if the store has the record in this process; `await` takes both.
   */
  authenticate(token: string, options: AuthenticateOptions = {}): Awaitable<AuthenticationResult> {
    return this.#authenticator.authenticate(token, options);
  }

  /**
   * Issues the next secret of a session whose `rotationDue` is true. The old one stays valid until the new one comes
   * back. Null if another request was faster: there is then nothing to send.
   */
  async rotate(authentication: Authentication, options: EventCause = {}): Promise<SessionToken | null> {
    const { record, token } = Authentication.secretOf(authentication);
    const now = this.#clock.now();
    if (!this.#mayIssue(authentication, record, "rotation")) return null;

    const next = rotateToken(token);
    const change = issueSecret(record, digestOf(partsOf(next).secret), record.current.authenticatedAt, now);
    if (!(await this.#store.update(record, change, record.version))) return null;
    this.events.emit("rotated", { userId: record.userId, sessionId: record.sessionId }, options.cause);
    return next;
  }

  /**
   * Records that the holder of this very secret has just proved who they are, and issues a new secret that is fresh.
   * Idle and absolute timeouts start again. `authentication` must have been made before the proof was checked: if the
   * credential changed in between, the outcome is `session_changed`.
   */
  async reauthenticate(
    authentication: Authentication,
    options: EventCause & { readonly methods?: readonly string[] } = {},
  ): Promise<ReauthenticationResult> {
    const { record, token } = Authentication.secretOf(authentication);
    const now = this.#clock.now();
    if (!this.#mayIssue(authentication, record, "reauthentication")) return { outcome: "session_busy" };
    const lifetime = lifetimeOf(this.policy, record);
    const next = rotateToken(token);
    const change: SessionChange = {
      ...issueSecret(record, digestOf(partsOf(next).secret), now, now),
      lastSeenAt: now,
      idleDeadline: now + lifetime.idleTimeoutSeconds * 1_000,
      absoluteDeadline: now + lifetime.absoluteTimeoutSeconds * 1_000,
      methods: options.methods ?? record.methods,
    };
    if (!(await this.#store.update(record, change, record.version))) return { outcome: "session_changed" };
    this.events.emit("reauthenticated", { userId: record.userId, sessionId: record.sessionId }, options.cause);
    const updated = applyChange(record, change);
    return { outcome: "reauthenticated", token: next, authentication: authenticationFor(updated, next) };
  }

  /**
   * Whether the holder of this very secret proved who they are within so many seconds, for actions that need more than
   * the policy's freshness. `seconds` is never longer than that freshness, because a near-cache relies on it. False if
   * freshness is unknown: authenticate with `needsFreshness` first.
   *
   * @throws CoatcheckError `invalid_configuration` for more than `freshForSeconds`
   */
  isFreshWithin(authentication: Authentication, seconds: number): boolean {
    const { freshForSeconds } = this.policy;
    if (!(seconds > 0 && seconds <= freshForSeconds)) {
      throw new CoatcheckError("invalid_configuration", `A step-up is within 1 to ${freshForSeconds} seconds.`);
    }
    const { fresh, authenticatedAt } = authentication;
    return fresh && authenticatedAt !== null && this.#clock.now() - authenticatedAt < seconds * 1_000;
  }

  /** @internal The key of the session's CSRF tokens. The caller may belong to another copy of the library. */
  csrfKeyOf(authentication: Authentication): string {
    return Authentication.secretOf(authentication).record.csrfKey;
  }

  /** How long the browser keeps a cookie of the session: until its latest end; null for as long as the browser runs. */
  cookieLifetimeSeconds(session: Session): number | null {
    if (!lifetimeOf(this.policy, session).persistentCookie) return null;
    return Math.max(0, Math.floor((session.absoluteExpiresAt - this.#clock.now()) / 1_000));
  }

  /** The user's live sessions, most recently seen first. */
  async list(userId: string): Promise<readonly Session[]> {
    const now = this.#clock.now();
    const records = await this.#store.listByUser(deriveUserKey(this.#namespace, userId));
    return records
      .filter((record) => now < expiresAt(record))
      .sort((first, second) => second.lastSeenAt - first.lastSeenAt || second.createdAt - first.createdAt)
      .map(sessionOf);
  }

  /** Ends the session. Once this has resolved, no copy of its cookie authenticates anywhere. */
  async logout(authentication: Authentication, options: EventCause = {}): Promise<void> {
    await this.#end(Authentication.secretOf(authentication).record, "logged_out", options);
  }

  /** Ends one session of the user; false if the user has no session with that id. */
  async revoke(
    userId: string,
    sessionId: string,
    reason: EndReason = "revoked",
    options: EventCause = {},
  ): Promise<boolean> {
    const userKey = deriveUserKey(this.#namespace, userId);
    // The id may be any text from a URL, and a store keeps more than sessions under the user's key.
    if (!isSessionId(sessionId)) return false;
    const removed = await this.#store.delete({ userKey, sessionId }, reason);
    announceRemovals(this.events, removed === null ? [] : [removed], options);
    return removed !== null;
  }

  /** Ends all other sessions of the user, and every login of the user in progress. Returns the number of sessions. */
  async revokeOthers(
    authentication: Authentication,
    reason: EndReason = "revoked",
    options: EventCause = {},
  ): Promise<number> {
    const { userKey, sessionId } = Authentication.secretOf(authentication).record;
    return this.#endAll(userKey, reason, { ...options, except: sessionId });
  }

  /** Ends all sessions of the user, and every login of the user in progress. Returns the number of sessions. */
  async revokeAll(userId: string, reason: EndReason = "revoked", options: EventCause = {}): Promise<number> {
    return this.#endAll(deriveUserKey(this.#namespace, userId), reason, options);
  }

  /**
   * Makes every session of the user get a new secret with its next answer that a browser reads. Use it after a change
   * of the user's rights, so that no earlier copy of a cookie lasts. Returns the number of sessions. A secret that is
   * on its way is new enough.
   */
  async renewSecrets(userId: string): Promise<number> {
    return renewSecrets(this.#store, deriveUserKey(this.#namespace, userId));
  }

  /**
   * Replaces the application's data of a session. Of two writers the later one wins. False if the session is gone: a
   * write never brings a session back.
   *
   * @throws CoatcheckError `invalid_session_data`
   */
  async replaceData(authentication: Authentication, data: JsonObject): Promise<boolean> {
    const change = { data: validateSessionData(data) };
    return updateWithRetry(this.#store, Authentication.secretOf(authentication).record, () => change);
  }

  /** Removes at most `limit` expired sessions from the store; returns how many. Call it about once a minute. */
  async removeExpired(limit = 1_000): Promise<number> {
    const removed = await this.#store.deleteExpired(limit);
    announceRemovals(this.events, removed, {});
    return removed.length;
  }

  /** Never for a secret in grace. The store's time decides whether another secret is in grace. */
  #mayIssue({ presented }: Authentication, record: SessionRecord, purpose: IssuePurpose): boolean {
    return presented === "current" && mayIssueSecret(record, this.#clocks.storeTime(), purpose);
  }

  async #end(record: SessionRecord, reason: EndReason, options: EventCause): Promise<void> {
    const removed = await this.#store.delete(record, reason);
    // Only the request that removed the session announces it: if two race to end a session, it ends once.
    announceRemovals(this.events, removed === null ? [] : [removed], options);
  }

  async #endAll(userKey: string, reason: EndReason, { cause, ...spared }: EventCause & Spared): Promise<number> {
    const removed = await this.#store.deleteByUser(userKey, reason, spared);
    announceRemovals(this.events, removed, cause === undefined ? {} : { cause });
    return removed.length;
  }
}
