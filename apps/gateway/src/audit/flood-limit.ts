import type { Timestamp } from "coatcheck";
import { networkOf } from "../accounts/throttling/login-limits.ts";
import { type AuditEventName, vocabulary } from "./vocabulary.ts";

/** Refusals of one kind within a minute that were counted and not kept. */
export interface Suppressed {
  readonly event: AuditEventName;
  /** Null if they come from several addresses. */
  readonly clientAddress: string | null;
  readonly count: number;
}

/** The origin of a refusal, and the user that it is about. */
export interface RefusalAbout {
  /** Null for an event that no request caused. */
  readonly clientAddress: string | null;
  readonly userId: string | null;
}

interface Kind {
  /** The number of refusals by network. */
  readonly counts: Map<string, Count>;
  kept: number;
  /** Refusals from networks for which `counts` had no room. */
  suppressed: number;
  /** The number of refusals kept for each user's sake, by the user that they are about. */
  readonly keptOfUsers: Map<string, number>;
}

interface Count {
  readonly clientAddress: string;
  kept: number;
  suppressed: number;
}

const WINDOW_MILLISECONDS = 60_000;
const PER_ADDRESS = 10;
const PER_KIND = 100;
/** An attacker with many networks could hide attacks on one account behind attacks on unknown ones. */
const PER_USER = 3;
const USERS_PER_KIND = 300;
/** Each of these costs its cause a session, so there cannot be many, and other events must not be able to hide one. */
const ALWAYS_KEPT: ReadonlySet<AuditEventName> = new Set<AuditEventName>(["authn_token_reuse"]);

/**
 * FloodLimit keeps refusals from filling the disk, because they cost an attacker nothing. Each minute it keeps some
 * refusals of each kind, a few of each address, and a few more of each known account. It only counts the rest.
 */
export class FloodLimit {
  readonly #kinds = new Map<AuditEventName, Kind>();
  /** The end of the minute that began with the first counted refusal; null if none was counted. */
  #windowEnd: Timestamp | null = null;

  /** Whether an event is to be kept. Successes, and events that no request caused, always are. */
  admits(event: AuditEventName, about: RefusalAbout, now: Timestamp): boolean {
    const { clientAddress, userId } = about;
    if (vocabulary[event].outcome === "success" || ALWAYS_KEPT.has(event) || clientAddress === null) return true;
    this.#windowEnd ??= now + WINDOW_MILLISECONDS;
    const kind = this.#kinds.get(event) ?? newKind();
    this.#kinds.set(event, kind);
    const network = networkOf(clientAddress);
    const count = kind.counts.get(network) ?? { clientAddress, kept: 0, suppressed: 0 };
    // A network is remembered only if some refusal of it is kept, so there are never many.
    if (count.kept < PER_ADDRESS && kind.kept < PER_KIND) {
      kind.counts.set(network, count);
      count.kept++;
      kind.kept++;
      return true;
    }
    if (userId !== null && admitsUser(kind.keptOfUsers, userId)) return true;
    if (kind.counts.has(network)) count.suppressed++;
    else kind.suppressed++;
    return false;
  }

  /**
   * The refusals suppressed since the last call. It returns them once a minute or, for `isLast`, now, and starts
   * counting anew.
   */
  takeSuppressed(now: Timestamp, isLast = false): readonly Suppressed[] {
    if (this.#windowEnd === null) return [];
    // A clock that was set back must not lengthen the minute.
    const isOver = now >= this.#windowEnd || this.#windowEnd - now > WINDOW_MILLISECONDS;
    if (!isOver && !isLast) return [];
    this.#windowEnd = null;
    const all = [...this.#kinds].flatMap(([event, kind]) => [
      ...[...kind.counts.values()].map(({ clientAddress, suppressed }) => ({
        event,
        clientAddress,
        count: suppressed,
      })),
      { event, clientAddress: null, count: kind.suppressed },
    ]);
    this.#kinds.clear();
    return all.filter(({ count }) => count > 0);
  }
}

function newKind(): Kind {
  return { counts: new Map(), kept: 0, suppressed: 0, keptOfUsers: new Map() };
}

function admitsUser(keptOfUsers: Map<string, number>, userId: string): boolean {
  const kept = keptOfUsers.get(userId) ?? 0;
  if (kept >= PER_USER || (kept === 0 && keptOfUsers.size >= USERS_PER_KIND)) return false;
  keptOfUsers.set(userId, kept + 1);
  return true;
}
