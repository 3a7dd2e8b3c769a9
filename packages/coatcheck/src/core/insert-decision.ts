import type { Timestamp } from "./clock.ts";
import { expiresAt, type SessionRecord, type SessionReference } from "./session-record.ts";
import { type FenceReading, type InsertOutcome, MAXIMUM_LOGIN_SECONDS, type SessionLimit } from "./session-store.ts";

/** The facts that a login needs about each session of the user: a store need not read a hundred whole records. */
export type HeldSession = SessionReference &
  Pick<SessionRecord, "userId" | "createdAt" | "lastSeenAt" | "idleDeadline" | "absoluteDeadline">;

/**
 * The facts that a store has when a login arrives. It reads all of them in one atomic step with the write that follows.
 */
export interface InsertFacts<Held extends HeldSession = HeldSession> {
  readonly record: SessionRecord;
  readonly reading: FenceReading;
  readonly limit: SessionLimit;
  /** The id of the session that the login replaces, if there is one. */
  readonly replaces: string | undefined;
  /** The time by the store's clock. */
  readonly now: Timestamp;
  /** The user's fence; null if none is in force. */
  readonly fence: string | null;
  /** Whether the id of the record has a tombstone. */
  readonly isBuried: boolean;
  /** All sessions of the user, expired ones included. */
  readonly sessions: readonly Held[];
}

/** A refusal, or the sessions that the store removes before it writes the record. */
export type InsertDecision<Held extends HeldSession = HeldSession> =
  | Exclude<InsertOutcome, { readonly outcome: "inserted" }>
  | {
      readonly outcome: "insert";
      readonly expired: readonly Held[];
      readonly replaced: readonly Held[];
      readonly evicted: readonly Held[];
    };

/** The rules of `SessionStore.insert`, in its order. The Redis store has them in its script, held to the same contract. */
export function decideInsert<Held extends HeldSession>(facts: InsertFacts<Held>): InsertDecision<Held> {
  const { record, reading, limit, replaces, now, fence, sessions } = facts;
  if (fence !== null && fence !== reading.fence) return { outcome: "login_overtaken" };
  if (now - reading.readAt > MAXIMUM_LOGIN_SECONDS * 1_000) return { outcome: "login_expired" };
  const isTaken = sessions.some(({ sessionId }) => sessionId === record.sessionId);
  if (isTaken || facts.isBuried) return { outcome: "id_unavailable" };

  const live = sessions.filter((session) => now < expiresAt(session));
  const others = live.filter(({ sessionId }) => sessionId !== replaces);
  const surplus = others.length - limit.maximum + 1;
  if (surplus > 0 && limit.whenFull === "refuse") return { outcome: "session_limit_reached" };
  return {
    outcome: "insert",
    expired: sessions.filter((session) => now >= expiresAt(session)),
    replaced: live.filter(({ sessionId }) => sessionId === replaces),
    evicted: surplus > 0 ? others.sort(byLastSeen).slice(0, surplus) : [],
  };
}

/** The least recently seen first; ties have one order, so that every store evicts the same session. */
function byLastSeen(first: HeldSession, second: HeldSession): number {
  return (
    first.lastSeenAt - second.lastSeenAt ||
    first.createdAt - second.createdAt ||
    (first.sessionId < second.sessionId ? -1 : 1)
  );
}
