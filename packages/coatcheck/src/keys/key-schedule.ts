import type { Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions, requireSeconds } from "../core/known-options.ts";

/** The times of a key. They are set once, when the key is published, and never moved. */
export interface ScheduledKey {
  /** The name of the key in tokens and key sets. */
  readonly kid: string;
  /** The time from which the key is in the set that verifiers read. */
  readonly publishedAt: Timestamp;
  /** The time from which the key signs, until a later key does. */
  readonly signsFrom: Timestamp;
}

/** How long keys stay in each state, in seconds. */
export interface KeyTimes {
  /** How long a new key is published before it signs: the longest time that a verifier may use an older set. */
  readonly publicationSeconds: number;
  /** How long a key that no longer signs stays published: the longest life of a token that it signed. */
  readonly retentionSeconds: number;
}

const TIMES: ReadonlySet<keyof KeyTimes> = new Set(["publicationSeconds", "retentionSeconds"]);

/** The state of a key at one moment. */
export type KeyState =
  /** The key is published, and does not sign yet. */
  | "waiting"
  | "signing"
  /** The key no longer signs; a token that it signed may still be valid. */
  | "superseded"
  /** No token that the key signed is valid any more. */
  | "retirable";

/** Whether a new key may be published. */
export type RotationDecision =
  | { readonly outcome: "rotate"; readonly signsFrom: Timestamp }
  /** The latest new key does not sign yet: a second one would only make verifiers read again. */
  | { readonly outcome: "refused"; readonly waitingKid: string; readonly until: Timestamp };

/** Whether a key may be removed. `until` is the time to ask again; null while that time is unknown. */
export type RetirementDecision =
  | { readonly outcome: "retire" }
  | { readonly outcome: "refused"; readonly state: KeyState; readonly until: Timestamp | null };

/**
 * KeySchedule decides which key signs, and whether the others may be published, wait, sign or retire. It is pure: every
 * node that reads the same keys gets the same schedule, and no order of commands leaves a token that cannot be
 * verified.
 */
export class KeySchedule<Key extends ScheduledKey> {
  readonly #keys: readonly Key[];
  readonly #times: KeyTimes;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(keys: readonly Key[], times: KeyTimes) {
    refuseUnknownOptions("A KeySchedule", times, TIMES);
    for (const name of TIMES) requireSeconds(name, times[name] ?? null, 0);
    this.#keys = [...keys].sort((first, second) => first.signsFrom - second.signsFrom);
    this.#times = times;
  }

  /** Finds the key that signs now; null before there is one. */
  signing(now: Timestamp): Key | null {
    return this.#keys.findLast(({ signsFrom }) => signsFrom <= now) ?? null;
  }

  /** The state of the key at that time. */
  stateOf(key: Key, now: Timestamp): KeyState {
    if (now < key.signsFrom) return "waiting";
    if (key === this.signing(now)) return "signing";
    return now < this.retirableFrom(key) ? "superseded" : "retirable";
  }

  /** The time from which no token of the key is valid any more: infinity while no other key is to follow it. */
  retirableFrom(key: Key): Timestamp {
    const successor = this.#keys[this.#keys.indexOf(key) + 1];
    return successor === undefined
      ? Number.POSITIVE_INFINITY
      : successor.signsFrom + this.#times.retentionSeconds * 1_000;
  }

  /**
   * Decides whether a new key may be published now, and when it then signs: after `waitSeconds`, and not before every
   * verifier can have read it. The first key has no verifier to wait for.
   */
  decideRotation(now: Timestamp, waitSeconds = 0): RotationDecision {
    const waiting = this.#keys.find(({ signsFrom }) => now < signsFrom);
    if (waiting !== undefined) return { outcome: "refused", waitingKid: waiting.kid, until: waiting.signsFrom };
    const isFirst = this.#keys.length === 0;
    const seconds = Math.max(waitSeconds, this.#times.publicationSeconds);
    return { outcome: "rotate", signsFrom: isFirst ? now : now + seconds * 1_000 };
  }

  /** Decides whether the key may leave the set: it may once no token that it signed is valid any more. */
  decideRetirement(key: Key, now: Timestamp): RetirementDecision {
    const state = this.stateOf(key, now);
    if (state === "retirable") return { outcome: "retire" };
    const until = this.retirableFrom(key);
    return { outcome: "refused", state, until: Number.isFinite(until) && state !== "waiting" ? until : null };
  }
}
