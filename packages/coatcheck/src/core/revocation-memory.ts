import { type Awaitable, isPending } from "./awaitable.ts";
import type { EndReason, RemovedSession, SessionChange, SessionRecord, SessionReference } from "./session-record.ts";
import type {
  ChannelListener,
  ChannelState,
  FenceReading,
  InsertOutcome,
  RemovalListener,
  SessionLimit,
  SessionStore,
} from "./session-store.ts";

/** How long a removed session is refused, whatever the store says. A failover and its discovery take less time. */
const MEMORY_MILLISECONDS = 300_000;
/** Beyond this number the oldest are forgotten early, so that ending all sessions at once does not fill the memory. */
const MAXIMUM_REMEMBERED = 100_000;
const TIDY_EVERY_MILLISECONDS = 5_000;
/** The number of repeated deletions that run at a time: they must not delay current requests. */
const REPEATED_AT_A_TIME = 8;

interface Remembered {
  readonly removed: RemovedSession;
  readonly until: number;
  /** Whether this process removed the session. If so, it repeats the removal before it forgets the session. */
  readonly isOwn: boolean;
}

/**
 * RevocationMemory stands in front of a store and remembers for five minutes which sessions were removed, by this
 * process or by another one. A store that fails over to a lagging copy brings removed sessions back. They stay refused
 * here, are removed again as soon as the channel has recovered, and once more before they are forgotten.
 */
export class RevocationMemory implements SessionStore {
  readonly findCopy?: (reference: SessionReference) => SessionRecord | null;
  readonly #store: SessionStore;
  readonly #monotonicNow: () => number;
  /** By session id, oldest first. */
  readonly #remembered = new Map<string, Remembered>();
  /** Ids of remembered sessions whose removal still has to be repeated. */
  readonly #toRepeat = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #isRepeating = false;
  #wasInterrupted = false;

  /** @throws the errors of the store's `subscribe` */
  constructor(store: SessionStore, monotonicNow: () => number = () => performance.now()) {
    this.#store = store;
    this.#monotonicNow = monotonicNow;
    const findCopy = store.findCopy?.bind(store);
    if (findCopy !== undefined) this.findCopy = (reference) => (this.#refuses(reference) ? null : findCopy(reference));
    store.subscribe(
      (removed) => this.#remember(removed, false),
      (state) => this.#noteChannel(state),
    );
  }

  readFence(userKey: string): Promise<FenceReading> {
    return this.#store.readFence(userKey);
  }

  async insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options?: { readonly replaces?: string },
  ): Promise<InsertOutcome> {
    const result = await this.#store.insert(record, reading, limit, options);
    if (result.outcome === "inserted") this.#rememberOwn(result.removed);
    return result;
  }

  find(reference: SessionReference): Awaitable<SessionRecord | null> {
    if (this.#refuses(reference)) return null;
    const found = this.#store.find(reference);
    if (!isPending(found)) return found;
    // Checked again: the session may have been removed, and the removal lost, while the answer was on its way.
    return found.then((record) => (this.#refuses(reference) ? null : record));
  }

  async update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    if (this.#refuses(reference)) return false;
    return (await this.#store.update(reference, change, expectedVersion)) && !this.#refuses(reference);
  }

  async delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    const removed = await this.#store.delete(reference, reason);
    if (removed !== null) this.#rememberOwn([removed]);
    return removed;
  }

  async deleteByUser(
    userKey: string,
    reason: EndReason,
    options?: { readonly except?: string; readonly isProbe?: boolean },
  ): Promise<readonly RemovedSession[]> {
    const removed = await this.#store.deleteByUser(userKey, reason, options);
    this.#rememberOwn(removed);
    return removed;
  }

  async listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    const records = await this.#store.listByUser(userKey);
    return records.filter((record) => !this.#refuses(record));
  }

  async deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    return this.#store.deleteExpired(limit);
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#store.subscribe(listener, onChannel);
  }

  /** By id alone: ids are random, and no id is used twice. */
  #refuses({ sessionId }: SessionReference): boolean {
    return this.#remembered.size > 0 && this.#remembered.has(sessionId);
  }

  #rememberOwn(removed: readonly RemovedSession[]): void {
    for (const session of removed) this.#remember(session, true);
  }

  #remember(removed: RemovedSession, isOwn: boolean): void {
    // The deadlines of an expired session refuse it, wherever it comes back.
    if (removed.reason === "expired") return;
    const before = this.#remembered.get(removed.sessionId);
    this.#remembered.delete(removed.sessionId);
    this.#remembered.set(removed.sessionId, {
      removed,
      until: this.#monotonicNow() + MEMORY_MILLISECONDS,
      isOwn: isOwn || before?.isOwn === true,
    });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAXIMUM_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    this.#timer ??= setInterval(() => this.#tidy(), TIDY_EVERY_MILLISECONDS).unref();
  }

  #noteChannel(state: ChannelState): void {
    if (state === "open" && this.#wasInterrupted) {
      for (const sessionId of this.#remembered.keys()) this.#toRepeat.add(sessionId);
      void this.#repeatAll();
    }
    this.#wasInterrupted = state === "interrupted";
  }

  #tidy(): void {
    const now = this.#monotonicNow();
    for (const [sessionId, { until, isOwn }] of this.#remembered) {
      if (now < until) break;
      if (isOwn) this.#toRepeat.add(sessionId);
      else this.#remembered.delete(sessionId);
    }
    void this.#repeatAll();
    if (this.#remembered.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Repeats the removals. One that fails is left for the next time: the session is refused here until then. */
  async #repeatAll(): Promise<void> {
    if (this.#isRepeating) return;
    this.#isRepeating = true;
    for (let hasFailed = false; !hasFailed && this.#toRepeat.size > 0; ) {
      const batch = [...this.#toRepeat].slice(0, REPEATED_AT_A_TIME);
      const outcomes = await Promise.allSettled(batch.map((sessionId) => this.#repeat(sessionId)));
      hasFailed = outcomes.some(({ status }) => status === "rejected");
    }
    this.#isRepeating = false;
  }

  async #repeat(sessionId: string): Promise<void> {
    const remembered = this.#remembered.get(sessionId);
    if (remembered !== undefined) await this.#store.delete(remembered.removed, remembered.removed.reason);
    this.#toRepeat.delete(sessionId);
    // If the session had come back, its new removal is remembered anew, and stays.
    const isOutdated = remembered !== undefined && remembered.until <= this.#monotonicNow();
    if (isOutdated && this.#remembered.get(sessionId) === remembered) this.#remembered.delete(sessionId);
  }
}
