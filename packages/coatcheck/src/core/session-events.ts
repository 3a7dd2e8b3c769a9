import type { Timestamp } from "./clock.ts";
import { warnOfFault } from "./fault-warning.ts";
import { onRejection } from "./on-rejection.ts";
import type { EndReason } from "./session-record.ts";

/** Names the session that an event is about. */
interface AboutSession {
  readonly userId: string;
  readonly sessionId: string;
}

/** What happened, by name, with what a listener is told. None of it is secret. */
export interface SessionEvents {
  /** A session began. */
  readonly logged_in: AboutSession & { readonly remembered: boolean; readonly methods: readonly string[] };
  /** A session was ended by its own logout. */
  readonly logged_out: AboutSession;
  /** Ended by anything but its own logout or its age. */
  readonly revoked: AboutSession & { readonly reason: Exclude<EndReason, "logged_out" | "expired"> };
  /** A session past its time was removed: at a login of its user or by `removeExpired`, so some time after its end. */
  readonly expired: AboutSession;
  /** A session got a new secret in passing, because that was due. */
  readonly rotated: AboutSession;
  /**
   * Three new secrets in a row went out and none came back, so none is sent until `until`. The session goes on. A server
   * between browser and application drops Set-Cookie, a script never writes its cookie file back, or a thief keeps a
   * copied cookie from being replaced.
   */
  readonly rotation_suspended: AboutSession & { readonly until: Timestamp };
  /** The user proved again who they are. */
  readonly reauthenticated: AboutSession;
  /**
   * A replaced secret came back after its grace: the cookie was copied, or a browser that crashed has restored an old
   * one. Word it to the user as possible theft, not as a fact. The session is revoked, and `revoked` follows.
   */
  readonly token_reused: AboutSession;
  /** A request was refused before its session was looked at: cross-origin, or without its CSRF token. */
  readonly request_rejected: { readonly reason: string; readonly method: string; readonly origin: string | null };
  /** The first time a request asks who its user is, whoever that is; `userId` null for nobody, and for whom the request loader named. */
  readonly user_accessed: { readonly userId: string | null };
  /** The user of a remembered session whose login is no longer fresh was recognised by the cookie. */
  readonly user_loaded_from_cookie: AboutSession;
  /** The request loader recognised a user, as by an API key. There is no session. */
  readonly user_loaded_from_request: { readonly method: string };
  /** A request without a login asked for what needs one. */
  readonly unauthorized: { readonly method: string };
  /** A request whose login is not fresh asked for what needs a fresh one. */
  readonly needs_refresh: AboutSession & { readonly method: string };
  /** The cookie came from another client than the login did: the session was ended, or its freshness not believed. */
  readonly session_protected: AboutSession & { readonly protection: "basic" | "strong" };
}

/** The name of an event: a key of `SessionEvents`. */
export type SessionEventName = keyof SessionEvents;
/**
 * Is told of every event of a name, and what it was done for: the request, where a guard or a visit did it; null where
 * nothing was said. What it throws is caught; a promise that it returns is not waited for.
 */
export type SessionEventListener<Name extends SessionEventName> = (
  event: SessionEvents[Name],
  cause: object | null,
) => void;

/** What a call is for. */
export interface EventCause {
  /** Told to the listeners of events, as it is: such as the request. Nothing by default. */
  readonly cause?: object;
}

/** SessionEventEmitter tells listeners what happened, in the order they were added. A listener cannot break a request. */
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

  /** Tells the listeners of that name, one after the other. What they throw goes to `onListenerError`. */
  emit<Name extends SessionEventName>(name: Name, event: SessionEvents[Name], cause: object | null = null): void {
    const listeners = this.#listeners.get(name) as Set<SessionEventListener<Name>> | undefined;
    for (const listener of listeners ?? []) {
      try {
        const outcome: unknown = listener(event, cause);
        // An async function passes for a listener.
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
      // What has just happened to a session has happened: not even this may make it look as if it had not.
      warnOfFault(second);
    }
  }
}
