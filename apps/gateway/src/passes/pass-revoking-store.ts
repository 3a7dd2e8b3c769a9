import type { Clock } from "coatcheck";
import { MAXIMUM_PASS_LIFETIME_SECONDS, sessionDigestOf, TOLERATED_CLOCK_DIFFERENCE_SECONDS } from "coatcheck/passes";
import type {
  ChannelListener,
  EndReason,
  FenceReading,
  InsertOutcome,
  RemovalListener,
  RemovedSession,
  SessionChange,
  SessionLimit,
  SessionRecord,
  SessionReference,
  SessionStore,
} from "coatcheck/store";
import type { AccessStore } from "./access-store.ts";

/** A pass that is being made while its session ends lives as long as any other pass. */
const KEPT_SECONDS = MAXIMUM_PASS_LIFETIME_SECONDS + TOLERATED_CLOCK_DIFFERENCE_SECONDS;

/**
 * PassRevokingStore wraps a session store and notes each session that ends, before it ends: once a logout is answered,
 * the next revocation list has it, whatever crashes in between. If the note cannot be written, the session does not
 * end, and the call is a fault that can be retried. An expired session needs no note, because no pass outlives it.
 */
export class PassRevokingStore implements SessionStore {
  readonly findCopy?: (reference: SessionReference) => SessionRecord | null;
  readonly #store: SessionStore;
  readonly #access: AccessStore;
  readonly #clock: Clock;

  constructor(store: SessionStore, access: AccessStore, clock: Clock) {
    this.#store = store;
    this.#access = access;
    this.#clock = clock;
    if (store.findCopy !== undefined) this.findCopy = store.findCopy.bind(store);
  }

  readFence(userKey: string): Promise<FenceReading> {
    return this.#store.readFence(userKey);
  }

  async insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options: { readonly replaces?: string } = {},
  ): Promise<InsertOutcome> {
    const result = await this.#store.insert(record, reading, limit, options);
    // Only now is it known which session the login evicts; this still comes before the answer to that login. A replaced
    // session belonged to the same browser, and its passes may be valid until here for the same reason.
    if (result.outcome === "inserted") await this.#noteRemoved(result.removed);
    return result;
  }

  find(reference: SessionReference): ReturnType<SessionStore["find"]> {
    return this.#store.find(reference);
  }

  update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    return this.#store.update(reference, change, expectedVersion);
  }

  async delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    if (reason !== "expired") await this.#note([reference.sessionId]);
    return this.#store.delete(reference, reason);
  }

  async deleteByUser(
    userKey: string,
    reason: EndReason,
    options: { readonly except?: string; readonly isProbe?: boolean } = {},
  ): Promise<readonly RemovedSession[]> {
    const known = (await this.#store.listByUser(userKey)).filter(({ sessionId }) => sessionId !== options.except);
    await this.#note(known.map(({ sessionId }) => sessionId));
    const removed = await this.#store.deleteByUser(userKey, reason, options);
    // Sessions that began after the list was read.
    await this.#noteRemoved(removed.filter(({ sessionId }) => !known.some((each) => each.sessionId === sessionId)));
    return removed;
  }

  listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    return this.#store.listByUser(userKey);
  }

  deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    return this.#store.deleteExpired(limit);
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#store.subscribe(listener, onChannel);
  }

  #noteRemoved(removed: readonly RemovedSession[]): Promise<void> {
    return this.#note(removed.filter(({ reason }) => reason !== "expired").map(({ sessionId }) => sessionId));
  }

  async #note(sessionIds: readonly string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.#access.noteEnding(sessionIds.map(sessionDigestOf), this.#clock.now() + KEPT_SECONDS * 1_000);
  }
}
