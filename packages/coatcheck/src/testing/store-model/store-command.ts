import type { EndReason } from "../../core/session-record.ts";
import type { SessionLimit } from "../../core/session-store.ts";
import type { Arbitrary, FastCheck } from "./fast-check.ts";

/** A reading of the fence: made just before it is used, or kept under a number since some earlier command. */
export type ReadingChoice = "fresh" | "first" | "second";

/** One step of a story that is told to a store. Users and sessions are few, so that commands meet. */
export type StoreCommand =
  | { readonly do: "readFence"; readonly user: string; readonly keepAs: ReadingChoice }
  | {
      readonly do: "insert";
      readonly user: string;
      readonly session: string;
      readonly reading: ReadingChoice;
      /** The record that was sent under this id before, if there was one. */
      readonly again: boolean;
      readonly limit: SessionLimit;
      readonly replaces: string | null;
      readonly idleSeconds: number;
      readonly lifetimeSeconds: number;
      readonly seenSecondsAgo: number;
    }
  | { readonly do: "find"; readonly user: string; readonly session: string }
  | {
      readonly do: "update";
      readonly user: string;
      readonly session: string;
      readonly change: "touch" | "pull back" | "rotate" | "confirm" | "write data";
      readonly isStale: boolean;
    }
  | { readonly do: "delete"; readonly user: string; readonly session: string; readonly reason: EndReason }
  | { readonly do: "deleteByUser"; readonly user: string; readonly except: string | null; readonly reason: EndReason }
  | { readonly do: "deleteExpired"; readonly limit: number }
  | { readonly do: "advance"; readonly seconds: number }
  | { readonly do: "stepBack"; readonly seconds: number };

export const USERS: readonly string[] = ["ada", "grace"];

// A command that is named more often happens more often.
const KINDS = [
  "insert",
  "insert",
  "insert",
  "insert",
  "update",
  "update",
  "update",
  "readFence",
  "readFence",
  "delete",
  "deleteByUser",
  "deleteExpired",
  "find",
  "advance",
  "advance",
  "stepBack",
] as const;
const LIMITS: readonly SessionLimit[] = [
  { maximum: 3, whenFull: "evict" },
  { maximum: 2, whenFull: "evict" },
  { maximum: 3, whenFull: "refuse" },
];
/** The most sessions that any of these allows. */
export const HIGHEST_LIMIT = 3;
const READINGS: readonly ReadingChoice[] = ["fresh", "fresh", "first", "second"];
const REPLACED: readonly (string | null)[] = [null, null, null, "a", "b", "c"];
const REASONS: readonly EndReason[] = ["logged_out", "revoked", "credentials_changed"];
const CHANGES = ["touch", "pull back", "rotate", "confirm", "write data"] as const;

/** Stories of at most `maxLength` commands. */
export function storyOf(fc: FastCheck, maxLength: number): Arbitrary<StoreCommand[]> {
  const details = fc.record({
    kind: fc.constantFrom(...KINDS),
    user: fc.constantFrom(...USERS),
    session: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    reading: fc.constantFrom(...READINGS),
    again: fc.constantFrom(false, true),
    limit: fc.constantFrom(...LIMITS),
    replaces: fc.constantFrom(...REPLACED),
    idleSeconds: fc.constantFrom(1, 60, 700, 3_600),
    lifetimeSeconds: fc.constantFrom(30, 900, 7_200),
    seenSecondsAgo: fc.constantFrom(0, 5, 500),
    change: fc.constantFrom(...CHANGES),
    isStale: fc.constantFrom(false, false, false, true),
    reason: fc.constantFrom(...REASONS),
    isSparing: fc.constantFrom(false, true),
    atMost: fc.constantFrom(1, 2, 100),
    // Around every bound of the contract: the longest login, a fence's lifetime, the margin of a sweep.
    seconds: fc.constantFrom(1, 20, 150, 299, 301, 420, 599, 602, 1_300, 4_000),
    stepSeconds: fc.constantFrom(1, 60, 300),
  });
  return fc.array(details.map(commandOf), { maxLength, size: "max" });
}

interface Details {
  readonly kind: (typeof KINDS)[number];
  readonly user: string;
  readonly session: string;
  readonly reading: ReadingChoice;
  readonly again: boolean;
  readonly limit: SessionLimit;
  readonly replaces: string | null;
  readonly idleSeconds: number;
  readonly lifetimeSeconds: number;
  readonly seenSecondsAgo: number;
  readonly change: (typeof CHANGES)[number];
  readonly isStale: boolean;
  readonly reason: EndReason;
  readonly isSparing: boolean;
  readonly atMost: number;
  readonly seconds: number;
  readonly stepSeconds: number;
}

/** Keeps of the details only what the command needs, so that a failing story can be read. */
function commandOf({ kind, user, session, ...details }: Details): StoreCommand {
  switch (kind) {
    case "insert": {
      const { reading, again, limit, replaces, idleSeconds, lifetimeSeconds, seenSecondsAgo } = details;
      return { do: kind, user, session, reading, again, limit, replaces, idleSeconds, lifetimeSeconds, seenSecondsAgo };
    }
    case "readFence":
      return { do: kind, user, keepAs: details.reading };
    case "find":
      return { do: kind, user, session };
    case "update":
      return { do: kind, user, session, change: details.change, isStale: details.isStale };
    case "delete":
      return { do: kind, user, session, reason: details.reason };
    case "deleteByUser":
      return { do: kind, user, except: details.isSparing ? session : null, reason: details.reason };
    case "deleteExpired":
      return { do: kind, limit: details.atMost };
    case "advance":
      return { do: kind, seconds: details.seconds };
    case "stepBack":
      return { do: kind, seconds: details.stepSeconds };
  }
}
