import { type Clock, systemClock, type Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions, requireClock, requireFunction, requireText } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import { readAnswer } from "../keys/bounded-answer.ts";
import type { PublicKeys } from "../keys/public-keys.ts";
import { requireTrustworthyUrl } from "../keys/trustworthy-url.ts";
import { requirePublicKeys } from "../signed-tokens/verdict.ts";
import type { RevocationCheck } from "./pass-verifier.ts";
import { MAXIMUM_LIST_LENGTH, type RevocationList, readRevocationList } from "./revocation-list.ts";

/** The place of the list, its issuer, and the interval of the polls. */
export interface RemoteRevocationsOptions {
  /** The URL of the list, such as "https://login.example/auth/access/revocations": https, or loopback. */
  readonly url: string;
  /** The `iss` to believe, compared exactly. */
  readonly issuer: string;
  /** The keys that verify passes; they verify the list, too. */
  readonly keys: PublicKeys;
  /** The interval of the polls, after which the passes of an ended session are void; 2 by default. */
  readonly pollSeconds?: number;
  /** Tells how old a list is; the machine's clock by default. */
  readonly clock?: Clock;
  /** Sends the requests; `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
  /** Called with the reason each time a poll fails; the next poll comes all the same. None by default. */
  readonly onFault?: (fault: unknown) => void;
  /**
   * Accepts plain http beyond loopback: an attacker on the network can then keep the list from arriving. False by
   * default.
   */
  readonly dangerouslyAllowInsecureUrl?: boolean;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof RemoteRevocationsOptions>([
  "url",
  "issuer",
  "keys",
  "pollSeconds",
  "clock",
  "fetch",
  "onFault",
  "dangerouslyAllowInsecureUrl",
]);

/**
 * The number of polls for which a list is believed. After that every pass is refused, because a missing list may revoke
 * it.
 */
const POLLS_UNTIL_OUTDATED = 5;
/** The issuer's clock may be this far behind, so that a new list does not look old. */
const TOLERATED_LAG_SECONDS = 5;

/**
 * RemoteRevocations polls a small signed list of the sessions that have ended at the issuer. After five polls without an
 * answer it does not guess: every pass is refused.
 */
export class RemoteRevocations implements RevocationCheck {
  readonly #options: RemoteRevocationsOptions;
  readonly #clock: Clock;
  readonly #pollMilliseconds: number;
  readonly #listeners = new Set<() => void>();
  #list: RevocationList | null = null;
  #ended: ReadonlySet<string> = new Set();
  /** The time at which the believed list was requested, by a clock that cannot be set. */
  #heardAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #polling: Promise<void> | null = null;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: RemoteRevocationsOptions) {
    refuseUnknownOptions("RemoteRevocations", options, OPTIONS);
    requireTrustworthyUrl(options.url, options.dangerouslyAllowInsecureUrl);
    requireText("issuer", options.issuer, "https://app.example");
    requirePublicKeys(options.keys);
    requireClock(options.clock);
    requireFunction("fetch", options.fetch);
    requireFunction("onFault", options.onFault);
    const { pollSeconds = 2 } = options;
    if (!(typeof pollSeconds === "number" && pollSeconds >= 0.1 && pollSeconds <= 60)) {
      throw new CoatcheckError("invalid_configuration", "pollSeconds is from 0.1 to 60.");
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pollMilliseconds = pollSeconds * 1_000;
  }

  /** Polls at once, and from then on at every interval. Resolves when the first answer has arrived or failed. */
  start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.poll(), this.#pollMilliseconds);
    return this.poll();
  }

  /** Stops the polls, and forgets the listeners. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  /** Calls `listener` after every poll, so that it can check running downloads again. Returns the unsubscription. */
  onPoll(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  check({ session, issuedAt }: { readonly session: string; readonly issuedAt: Timestamp }) {
    if (this.#list === null || this.#isOutdated()) return "revocations_outdated";
    return issuedAt < this.#list.issuedBefore || this.#ended.has(session) ? "session_ended" : "clear";
  }

  /** Polls now. It never rejects, and concurrent polls share one request. */
  poll(): Promise<void> {
    this.#polling ??= this.#read().finally(() => {
      this.#polling = null;
      for (const listener of this.#listeners) listener();
    });
    return this.#polling;
  }

  #isOutdated(): boolean {
    const limit = POLLS_UNTIL_OUTDATED * this.#pollMilliseconds;
    const issuedAt = this.#list?.issuedAt ?? 0;
    // By both clocks: the one may stand still while the machine sleeps, and the other may be set back.
    return (
      performance.now() - this.#heardAt > limit || this.#clock.now() - issuedAt > limit + TOLERATED_LAG_SECONDS * 1_000
    );
  }

  async #read(): Promise<void> {
    const { url, issuer, keys, fetch: send = fetch, onFault } = this.#options;
    const askedAt = performance.now();
    try {
      // A poll that hangs must not block all further ones.
      const signal = AbortSignal.timeout(Math.max(1_000, 2 * this.#pollMilliseconds));
      const response = await send(url, { headers: { accept: "application/jwt" }, redirect: "error", signal });
      const text = await readAnswer(response, MAXIMUM_LIST_LENGTH);
      const list = await readRevocationList(text.trim(), { issuer, keys, clock: this.#clock });
      if (typeof list === "string") throw new Error(`The list was refused: ${list}.`);
      // A cache, or an attacker in its place, may serve an old list again. It proves nothing, and must not undo a
      // revocation.
      if (this.#list !== null && isOlder(list, this.#list)) throw new Error("The list is an older one.");
      this.#ended = new Set(list.sessions);
      this.#list = list;
      this.#heardAt = askedAt;
    } catch (fault) {
      onFault?.(fault);
    }
  }
}

function isOlder(list: RevocationList, than: RevocationList): boolean {
  return list.sequence < than.sequence || (list.sequence === than.sequence && list.issuedAt < than.issuedAt);
}
