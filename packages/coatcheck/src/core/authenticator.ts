import { CoatcheckError } from "../errors.ts";
import { type Awaitable, after } from "./awaitable.ts";
import type { Clock, Timestamp } from "./clock.ts";
import type { ClockCheck } from "./clock-check.ts";
import {
  confirmPending,
  isCurrent,
  isPendingLost,
  mayIssueSecret,
  type Recognition,
  recognise,
  SUSPENSION_SECONDS,
  suspendRotation,
} from "./secret-rotation.ts";
import { Authentication, type AuthenticationResult, unauthenticated } from "./session.ts";
import type { EventCause, SessionEventEmitter } from "./session-events.ts";
import { isFresh, isRotationDue, isTouchDue, lifetimeOf, type SessionPolicy } from "./session-policy.ts";
import { applyChange, type EndReason, expiresAt, type SessionChange, type SessionRecord } from "./session-record.ts";
import type { SessionStore } from "./session-store.ts";
import { parseToken, type TokenParts } from "./session-token.ts";

/** A lost race means that another request made progress. This many lost races in a row mean that something is wrong. */
export const MAXIMUM_WRITE_ATTEMPTS = 5;

/** The way in which a request counts for its session. */
export interface AuthenticateOptions extends EventCause {
  /** True by default. False for polls and background requests: they do not extend the session's idle deadline. */
  readonly slide?: boolean;
  /**
   * Whether the same request presented the token before, as one that stays open does. If the secret was replaced since
   * then, this is no theft: the request has no session, and none ends. False by default.
   */
  readonly again?: boolean;
  /**
   * Whether `fresh` must be known. A copy cannot tell while the login may be fresh, so the store is asked then. False
   * by default.
   */
  readonly needsFreshness?: boolean;
}

interface AuthenticatorParts {
  readonly store: SessionStore;
  readonly policy: SessionPolicy;
  readonly clock: Clock;
  readonly clocks: ClockCheck;
  readonly end: (record: SessionRecord, reason: EndReason, options: EventCause) => Promise<void>;
  readonly events: SessionEventEmitter;
}

/**
 * Authenticator decides what a presented token is worth. It reads the store once, and writes only if something changed.
 * Nearly every request presents the newest secret, in time, with nothing to write: if the store returns the record
 * without a promise, that is decided without waiting. All other requests wait, under the same rules.
 */
export class Authenticator {
  readonly #parts: AuthenticatorParts;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
  }

  authenticate(text: string, options: AuthenticateOptions): Awaitable<AuthenticationResult> {
    const { clocks } = this.#parts;
    const token = parseToken(text);
    if (token === null) return unauthenticated("malformed");
    if (clocks.isOff) return clocks.readFence(token.userKey).then(() => this.#lookUp(token, options));
    return this.#lookUp(token, options);
  }

  #lookUp(token: TokenParts, options: AuthenticateOptions): Awaitable<AuthenticationResult> {
    const copied = this.#acceptCopy(token, options);
    if (copied !== null) return copied;
    return after(this.#find(token), (record) => {
      if (record === null) return unauthenticated("unknown");
      return this.#acceptAsItIs(record, token, options.slide ?? true) ?? this.#judge(record, token, options);
    });
  }

  /** A store that throws counts as one that rejects. */
  #find(token: TokenParts): Awaitable<SessionRecord | null> {
    try {
      return this.#parts.store.find(token);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Accepts the newest secret within its deadlines, if there is nothing to write. Null otherwise, which decides
   * nothing.
   */
  #acceptAsItIs(record: SessionRecord, token: TokenParts, slide: boolean, isCopy = false): Authentication | null {
    if (record.pending !== null) return null;
    const now = this.#parts.clock.now();
    if (expiresAt(record) <= now || !isCurrent(record, token)) return null;
    return this.#changeFor(record, "current", slide, now) === null
      ? this.#accept(record, token, "current", now, isCopy)
      : null;
  }

  async #judge(first: SessionRecord, token: TokenParts, options: AuthenticateOptions): Promise<AuthenticationResult> {
    const { store, clock, clocks } = this.#parts;
    let record: SessionRecord | null = first;
    let lostVersion: number | null = null;
    for (let attempt = 0; attempt < MAXIMUM_WRITE_ATTEMPTS; attempt++) {
      if (attempt > 0) record = await store.find(token);
      if (record === null) return unauthenticated("unknown");

      const now = clock.now();
      const recognition = await this.#recognise(record, token);
      if (recognition === "unknown") return unauthenticated("unknown");
      // An update that failed although nothing had changed was refused because of the deadline: the store's clock
      // decides.
      if (expiresAt(record) <= now || record.version === lostVersion) {
        // The store's clock tells whether the session is over or this machine's clock is wrong.
        await clocks.requireMeasured(token.userKey);
        return unauthenticated("expired");
      }
      if (recognition === "reused") {
        if (options.again === true) return unauthenticated("replaced");
        await this.#parts.end(record, "token_reused", options);
        return unauthenticated("token_reused");
      }

      const change = this.#changeFor(record, recognition, options.slide ?? true, now);
      if (change === null) return this.#accept(record, token, recognition, now);
      if (await store.update(token, change, record.version)) {
        // Only the request that wrote the suspension reports it.
        if (change.pending?.attempt === 0) this.#reportSuspension(record, now, options);
        return this.#accept(applyChange(record, change), token, recognition, now);
      }
      // The session changed or ended in between, so it is judged again.
      lostVersion = record.version;
    }
    throw new CoatcheckError("store_conflict", "The session changed under every attempt to confirm its use.");
  }

  /**
   * A copy can only accept the newest secret within its deadlines, if there is nothing to write. It never says that a
   * login is fresh, because only the store knows whether this secret was replaced a moment ago.
   */
  #acceptCopy(token: TokenParts, { slide = true, needsFreshness = false }: AuthenticateOptions): Authentication | null {
    const { store, policy, clock } = this.#parts;
    const record = store.findCopy?.(token) ?? null;
    if (record === null) return null;
    if (needsFreshness && isFresh(policy, record.current.authenticatedAt, clock.now())) return null;
    return this.#acceptAsItIs(record, token, slide, true);
  }

  /**
   * Uses the store's time. A grace lasts 30 seconds, and the clocks of two machines may differ by more. With its own
   * clock, a machine could take a secret that was just replaced for one whose grace is over, and a second tab of an
   * honest user would end the session.
   */
  async #recognise(record: SessionRecord, token: TokenParts): Promise<Recognition> {
    const { clocks } = this.#parts;
    const recognition = recognise(record, token, clocks.storeTime());
    if (recognition !== "pending" && recognition !== "reused") return recognition;
    await clocks.requireMeasured(token.userKey);
    return recognise(record, token, clocks.storeTime());
  }

  #reportSuspension({ userId, sessionId }: SessionRecord, now: Timestamp, { cause }: EventCause): void {
    const until = now + SUSPENSION_SECONDS * 1_000;
    this.#parts.events.emit("rotation_suspended", { userId, sessionId, until }, cause);
  }

  #changeFor(
    record: SessionRecord,
    recognition: "current" | "pending" | "grace",
    slide: boolean,
    now: Timestamp,
  ): SessionChange | null {
    const lifetime = lifetimeOf(this.#parts.policy, record);
    const touch: SessionChange | null =
      slide && isTouchDue(lifetime, record, now)
        ? { lastSeenAt: now, idleDeadline: now + lifetime.idleTimeoutSeconds * 1_000 }
        : null;
    if (recognition === "pending") return { ...confirmPending(record, this.#parts.clocks.storeTime()), ...touch };
    const suspension = recognition === "current" ? suspendRotation(record, now) : null;
    return suspension === null ? touch : { ...suspension, ...touch };
  }

  #accept(
    record: SessionRecord,
    token: TokenParts,
    recognition: "current" | "pending" | "grace",
    now: Timestamp,
    isCopy = false,
  ): Authentication {
    const { policy } = this.#parts;
    if (recognition === "grace") {
      return new Authentication(
        { record, token },
        { fresh: false, freshnessKnown: true, authenticatedAt: null, presented: "grace", rotationDue: false },
      );
    }
    const { issuedAt, authenticatedAt } = record.current;
    const fresh = isFresh(policy, authenticatedAt, now);
    const due = isPendingLost(record, now, "rotation") || isRotationDue(lifetimeOf(policy, record), issuedAt, now);
    return new Authentication(
      { record, token },
      {
        fresh: fresh && !isCopy,
        freshnessKnown: !(fresh && isCopy),
        authenticatedAt,
        presented: "current",
        rotationDue: due && mayIssueSecret(record, this.#parts.clocks.storeTime(), "rotation"),
      },
    );
  }
}
