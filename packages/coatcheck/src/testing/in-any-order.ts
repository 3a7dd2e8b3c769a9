import type { SessionReference } from "../core/session-record.ts";

/** Sorted by session: where the contract leaves the order open, so does the comparison. Keeps a session's own order. */
export function inAnyOrder<Session extends SessionReference>(sessions: readonly Session[]): readonly Session[] {
  return sessions.toSorted((first, second) => compare(keyOf(first), keyOf(second)));
}

function keyOf({ userKey, sessionId }: SessionReference): string {
  return `${userKey} ${sessionId}`;
}

function compare(first: string, second: string): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
