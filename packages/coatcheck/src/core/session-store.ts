import type { Awaitable } from "./awaitable.ts";
import type { Timestamp } from "./clock.ts";
import type { EndReason, RemovedSession, SessionChange, SessionRecord, SessionReference } from "./session-record.ts";

/** The longest time that a login may take between `readFence` and `insert`, in seconds. */
export const MAXIMUM_LOGIN_SECONDS = 300;

/** How far the store's clock may step back (time synchronisation, failover) without breaking a promise. */
export const TOLERATED_CLOCK_STEP_SECONDS = 300;

/**
 * The shortest lifetime of fences and tombstones. When one of them is gone, an insert that began before it was written
 * is refused for its age, even if the clock was stepped back in between.
 */
export const FENCE_LIFETIME_SECONDS: number = MAXIMUM_LOGIN_SECONDS + TOLERATED_CLOCK_STEP_SECONDS + 1;

/** `deleteExpired` leaves sessions this long past their deadline, for nodes whose clocks are behind the store's. */
export const EXPIRY_MARGIN_SECONDS = 600;

/** The user's revocation fence as a login attempt saw it, before the credential was checked. */
export interface FenceReading {
  /** An opaque value that changes with every `deleteByUser`; null if no fence was raised within a fence's lifetime. */
  readonly fence: string | null;
  /** The store's time of the reading. */
  readonly readAt: Timestamp;
}

/** How many sessions one user may have. */
export interface SessionLimit {
  /** How many sessions one user may have at a time: 1 to 1,000. */
  readonly maximum: number;
  /** At the maximum: end the least recently seen session, or refuse the new one. */
  readonly whenFull: "evict" | "refuse";
}

/**
 * The outcome of `SessionStore.insert`, whose comment says when each one applies. `removed` are the sessions that had
 * to make room.
 */
export type InsertOutcome =
  | { readonly outcome: "inserted"; readonly removed: readonly RemovedSession[] }
  | { readonly outcome: "login_overtaken" }
  | { readonly outcome: "login_expired" }
  | { readonly outcome: "session_limit_reached" }
  | { readonly outcome: "id_unavailable" };

/** Called for each session that a store removed. */
export type RemovalListener = (removed: RemovedSession) => void;

/**
 * The state of a subscription. `open`: every removal from now on is heard. `interrupted`: until the state is `open`
 * again, removals may be missed, and those are never announced later.
 */
export type ChannelState = "open" | "interrupted";

/** Called with the new state of a subscription. */
export type ChannelListener = (state: ChannelState) => void;

/**
 * SessionStore keeps session records. It is deliberately simple: it never sees a token, and core makes every security
 * decision. A store owes atomicity, as each method's comment specifies, and the suite in `coatcheck/testing` tests an
 * implementation for it.
 *
 * For all methods:
 * - Each call is atomic, against other calls in this process and in any other that uses the same storage.
 * - Times are compared by the store's own clock, never by the caller's.
 * - An outcome that is possible in normal operation is a returned value. A rejection means a system fault, with code
 *   `store_unavailable`; the call may or may not have taken effect.
 * - Every removal returns the removed sessions and publishes them to the subscribers of every process, in the same
 *   transaction or script as the removal: a process that dies in between must not leave a removal that no process hears
 *   of.
 * - A session removed within `FENCE_LIFETIME_SECONDS` of its creation leaves a tombstone of its id for as long: an
 *   `insert` of it that is still in progress must not bring it back.
 * - Records that are passed and returned are immutable.
 */
export interface SessionStore {
  /**
   * Reads the user's fence. A login calls this first, then checks the credential, then inserts, so that it notices a
   * revoke-all in between. Writes nothing: for an unknown user the fence is null.
   */
  readFence(userKey: string): Promise<FenceReading>;

  /**
   * Adds a session. In this order, atomically:
   * 1. `login_overtaken`: a fence is present and is not the one in `reading`. An absent fence refuses no login, because
   *    a fence that matters is still there.
   * 2. `login_expired`: `reading.readAt` is more than `MAXIMUM_LOGIN_SECONDS` ago.
   * 3. `id_unavailable`: the id is in use or has a tombstone. Nothing is ever overwritten.
   * 4. `session_limit_reached`: the user has `limit.maximum` live sessions, not counting `replaces`, and the limit says
   *    to refuse. Up to here nothing has been changed.
   * 5. The user's expired sessions are removed, and so is `replaces`, a session id of the same user, if it is there. As
   *    many live ones are evicted as make room, least recently seen first (ties: older first, then by session id).
   * 6. The record is stored with version 1.
   *
   * After a rejection the caller must not send the same record again: it may be there, and may have been revoked since.
   */
  insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options?: { readonly replaces?: string },
  ): Promise<InsertOutcome>;

  /**
   * The session, or null if there is none. An expired session that was not removed yet is returned: core judges it. A
   * store that has the answer in this process returns it without a promise, which spares every request the wait; what
   * it throws then counts as a rejection.
   */
  find(reference: SessionReference): Awaitable<SessionRecord | null>;

  /**
   * Only for a store that keeps copies: the session as it was a moment ago, if a copy is at hand and no older than the
   * store's bound; else null, which decides nothing. A copy can only accept the newest secret within its deadlines.
   * Everything else is for `find`, which never answers from a copy.
   */
  findCopy?(reference: SessionReference): SessionRecord | null;

  /**
   * Applies `change` and adds one to the version, if the session is there, has `expectedVersion` and is not past its
   * stored deadline; otherwise changes nothing and returns false. Never creates a session. If a deadline in `change` is
   * earlier than the stored one, the stored one stays: deadlines only move forward.
   */
  update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean>;

  /** Removes one session; null if there was none, which is not an error. */
  delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null>;

  /**
   * Raises the user's fence to a new random value, then removes all of the user's sessions, or all but `except` (a
   * session id). The fence is raised even if there is nothing to remove, because a login may be in progress. `isProbe`
   * marks a call for a user that does not exist: a store that is out of memory refuses logins but accepts revocations,
   * and has to refuse this one too.
   */
  deleteByUser(
    userKey: string,
    reason: EndReason,
    options?: { readonly except?: string; readonly isProbe?: boolean },
  ): Promise<readonly RemovedSession[]>;

  /**
   * The user's sessions, including expired ones that are still there, in no particular order; empty for an unknown
   * user.
   */
  listByUser(userKey: string): Promise<readonly SessionRecord[]>;

  /**
   * Removes at most `limit` sessions that are `EXPIRY_MARGIN_SECONDS` or more past their deadline, and fences and
   * tombstones past their lifetime. Returns the removed sessions: fewer than `limit` means that no further one was due.
   * Only this call may be several transactions, so that logins need not wait for all of it.
   */
  deleteExpired(limit: number): Promise<readonly RemovedSession[]>;

  /**
   * Calls `listener` for every session that any process removes, in order per user, at least once, soon after the
   * removal. A listener that throws affects neither the removal nor other listeners. Returns the unsubscription.
   *
   * `onChannel` is called with `open` when the subscription stands, during this call or later, and at each interruption
   * and recovery after that. The store recovers by itself, without end. Removals during an interruption are not
   * announced later: a caller that relies on them has to look again.
   */
  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void;
}
