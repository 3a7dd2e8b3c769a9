import type { JsonObject } from "coatcheck";
import type { SessionToken } from "coatcheck/adapter";
import type { RedisNode } from "./redis-node.ts";

/** A call, from when it was made until it was answered, by the clock of the process. */
export interface Attempt {
  readonly what: string;
  readonly node: RedisNode;
  readonly startedAt: number;
  readonly endedAt: number;
  /** What it failed with; undefined if it was acknowledged. */
  readonly fault: unknown;
}

export interface Sighting extends Attempt {
  readonly status: "authenticated" | "unauthenticated";
  readonly data: JsonObject | null;
}

interface Write extends Attempt {
  readonly value: number;
}

/** A session whose login was acknowledged, and all that was done to it. */
export interface TrackedSession {
  readonly id: string;
  readonly userId: string;
  readonly token: SessionToken;
  /** The first call of its login: a revoke-all that starts after its answer ends the session, or refuses the login. */
  readonly begin: Attempt;
  /** Logouts and revocations of this very session. */
  readonly endings: Attempt[];
  readonly writes: Write[];
  readonly sightings: Sighting[];
}

/** History notes every call of a load and what came of it, to be judged afterwards. */
export class History {
  readonly attempts: Attempt[] = [];
  readonly sessions: TrackedSession[] = [];
  readonly revokeAlls = new Map<string, Attempt[]>();

  /** Makes a call and notes it. Its result is null if it failed. */
  async note<Result>(
    node: RedisNode,
    what: string,
    call: () => Promise<Result>,
  ): Promise<{ readonly attempt: Attempt; readonly result: Result | null }> {
    const startedAt = performance.now();
    const settled = await call().then(
      (result) => ({ result, fault: undefined }),
      (fault: unknown) => ({ result: null, fault: fault ?? new Error("It failed with nothing at all.") }),
    );
    const attempt: Attempt = { what, node, startedAt, endedAt: performance.now(), fault: settled.fault };
    this.attempts.push(attempt);
    return { attempt, result: settled.result };
  }

  get failed(): readonly Attempt[] {
    return this.attempts.filter(({ fault }) => fault !== undefined);
  }

  /** The revocations of all of the user's sessions that this one may have been one of. */
  revokeAllsAround(session: TrackedSession): readonly Attempt[] {
    return this.revokeAlls.get(session.userId)?.filter((one) => session.begin.startedAt < effectiveEnd(one)) ?? [];
  }

  /** The revocations after whose acknowledgement the session is at an end for certain. */
  certainEndings(session: TrackedSession): readonly Attempt[] {
    const all = this.revokeAllsAround(session).filter((one) => session.begin.endedAt < one.startedAt);
    return [...session.endings, ...all].filter(isAcknowledged);
  }
}

export function isAcknowledged({ fault }: Attempt): boolean {
  return fault === undefined;
}

/** What failed may still take effect: it may wait in front of a server that hangs. */
export function effectiveEnd(attempt: Attempt): number {
  return isAcknowledged(attempt) ? attempt.endedAt : Number.POSITIVE_INFINITY;
}
