import type { Timestamp } from "./clock.ts";
import { warnOfFault } from "./fault-warning.ts";
import { onRejection } from "./on-rejection.ts";
import type { EndReason } from "./session-record.ts";

/** Names the session that an event is about. */
interface AboutSession {
  readonly userId: string;
  readonly sessionId: string;
}

/** The events by name, with the facts that each one passes to its listeners. None of them is secret. */
export interface SessionEvents {
  /** A session began. */
  readonly logged_in: AboutSession & { readonly remembered: boolean; readonly methods: readonly string[] };
  /** A session was ended by its own logout. */
  readonly logged_out: AboutSession;
  /** A session ended for any reason but its own logout or its age. */
  readonly revoked: AboutSession & { readonly reason: Exclude<EndReason, "logged_out" | "expired"> };
  /** An expired session was removed: at a login of its user or by `removeExpired`, so some time after its end. */
  readonly expired: AboutSession;
  /** A session got a new secret during a request because the old one was due. */
  readonly rotated: AboutSession;
  /**
   * Three new secrets in a row were sent and none came back, so none is sent until `until`. The session goes on.
   * Possible reasons: a server between browser and application drops Set-Cookie, a script never writes its cookie file
   * back, or a thief keeps a copied cookie from being replaced.
   */
  readonly rotation_suspended: AboutSession & { readonly until: Timestamp };
  /** The user proved again who they are. */
  readonly reauthenticated: AboutSession;
  /**
   * A replaced secret came back after its grace: the cookie was copied, or a browser restored an old one after a crash.
   * Describe it to the user as possible theft, not as a fact. The session is revoked, and `revoked` follows.
   */
  readonly token_reused: AboutSession;
  /** A request was refused before its session was looked up: it was cross-origin or lacked its CSRF token. */
  readonly request_rejected: { readonly reason: string; readonly method: string; readonly origin: string | null };
  /**
   * Emitted once per request, the first time that the current user is asked for. `userId` is null if no user is logged
   * in or the user came without a session.
   */
  readonly user_accessed: { readonly userId: string | null };
  /** The cookie of a remembered session identified a user whose login is no longer fresh. */
  readonly user_loaded_from_cookie: AboutSession;
  /** A user was identified without a session, such as by an API key. */
  readonly user_loaded_from_request: { readonly method: string };
  /** A request without a login asked for something that needs one. */
  readonly unauthorized: { readonly method: string };
  /** A request whose login is not fresh asked for something that needs a fresh one. */
  readonly needs_refresh: AboutSession & { readonly method: string };
  /**
   * The cookie came from another client than the login did: the session was ended, or its login no longer counts as
   * fresh.
   */
  readonly session_protected: AboutSession & { readonly protection: "basic" | "strong" };
}

/** The name of an event: a key of `SessionEvents`. */
export type SessionEventName = keyof SessionEvents;
/**
 * Called for every event of one name, with the cause of the event: the request, if one caused it and was passed on;
 * otherwise null. Errors that it throws are caught; a promise that it returns is not awaited.
 */
export type SessionEventListener<Name extends SessionEventName> = (
  event: SessionEvents[Name],
  cause: object | null,
) => void;

/** The cause of a call. */
export interface EventCause {
  /** Passed to the listeners of events unchanged, such as the request. None by default. */
  readonly cause?: object;
}

/** SessionEventEmitter calls listeners in the order in which they were added. A listener cannot break a request. */
export class SessionEventEmitter {
  readonly #listeners = new Map<SessionEventName, Set<(event: never, cause: object | null) => void>>();
  readonly #onListenerError: (error: unknown) => void;

  /** Errors of listeners go to `onListenerError`; by default they become process warnings. */
  constructor(onListenerError: (error: unknown) => void = warnOfFault) {
    this.#onListenerError = onListenerError;
  }

  /** Calls `listener` for every event of that name. Returns the unsubscription. */
  on<Name extends SessionEventName>(name: Name, listener: SessionEventListener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Calls the listeners of that name, one after the other. Errors that they throw go to `onListenerError`. */
  emit<Name extends SessionEventName>(name: Name, event: SessionEvents[Name], cause: object | null = null): void {
    const listeners = this.#listeners.get(name) as Set<SessionEventListener<Name>> | undefined;
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        const outcome: unknown = listener(event, cause);
        // TypeScript accepts an async function as a listener.
        onRejection(outcome, (error) => this.#report(error));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #report(error: unknown): void {
    try {
      this.#onListenerError(error);
    } catch (second) {
      // The session has already changed: even a failing handler must not make it look as if it had not.
      warnOfFault(second);
    }
  }
}
