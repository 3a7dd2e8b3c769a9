import { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { inLanes } from "./lanes.ts";
import type { Contestant } from "./measure.ts";

/** A session that a contestant looks up: by its token, or as its store knows it. */
export interface KnownSession {
  readonly token: string;
  readonly userKey: string;
  readonly sessionId: string;
}

/** Looks up sessions in random order, so many at a time. A session that is not found is a fault of the benchmark. */
export function lookupContestant(
  name: string,
  tokens: readonly string[],
  { inFlight, isFound }: { readonly inFlight: number; readonly isFound: (session: KnownSession) => Promise<boolean> },
): Contestant {
  const sessions = tokens.map((token) => ({ token, userKey: token.slice(0, 20), sessionId: token.slice(20, 32) }));
  let turn: KnownSession[] = [];
  return {
    name,
    prepare(operations) {
      turn = Array.from(
        { length: operations },
        () => sessions[Math.floor(Math.random() * sessions.length)] as KnownSession,
      );
    },
    async run(operations) {
      await inLanes(operations, inFlight, async (index) => {
        if (!(await isFound(turn[index] as KnownSession))) throw new Error("A session was not found.");
      });
    },
  };
}

/** Finds a session by its token, as a request does. */
export function authenticating(store: SessionStore): (session: KnownSession) => Promise<boolean> {
  const sessions = new SessionManager({ store });
  return async ({ token }) => (await sessions.authenticate(token)).status === "authenticated";
}
