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

/** Called after each call of the store. */
export type OnStoreCall = (operation: string, outcome: "ok" | "fault", seconds: number) => void;

/** MeasuredSessionStore wraps a session store, changes nothing, and reports how long each call took. */
export class MeasuredSessionStore implements SessionStore {
  readonly findCopy?: (reference: SessionReference) => SessionRecord | null;
  readonly #store: SessionStore;
  readonly #onCall: OnStoreCall;

  constructor(store: SessionStore, onCall: OnStoreCall) {
    this.#store = store;
    this.#onCall = onCall;
    if (store.findCopy !== undefined) this.findCopy = store.findCopy.bind(store);
  }

  readFence(userKey: string): Promise<FenceReading> {
    return this.#measure("read_fence", () => this.#store.readFence(userKey));
  }

  insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options: { readonly replaces?: string } = {},
  ): Promise<InsertOutcome> {
    return this.#measure("insert", () => this.#store.insert(record, reading, limit, options));
  }

  find(reference: SessionReference): ReturnType<SessionStore["find"]> {
    const startedAt = performance.now();
    try {
      const found = this.#store.find(reference);
      if (found instanceof Promise) return this.#measure("find", () => found);
      // An immediate result stays immediate: awaiting it would cost more than the look-up.
      this.#onCall("find", "ok", secondsSince(startedAt));
      return found;
    } catch (error) {
      this.#onCall("find", "fault", secondsSince(startedAt));
      throw error;
    }
  }

  update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    return this.#measure("update", () => this.#store.update(reference, change, expectedVersion));
  }

  delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    return this.#measure("delete", () => this.#store.delete(reference, reason));
  }

  deleteByUser(
    userKey: string,
    reason: EndReason,
    options: { readonly except?: string; readonly isProbe?: boolean } = {},
  ): Promise<readonly RemovedSession[]> {
    return this.#measure("delete_by_user", () => this.#store.deleteByUser(userKey, reason, options));
  }

  listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    return this.#measure("list_by_user", () => this.#store.listByUser(userKey));
  }

  deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    return this.#measure("delete_expired", () => this.#store.deleteExpired(limit));
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#store.subscribe(listener, onChannel);
  }

  async #measure<Result>(operation: string, call: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    let outcome: "ok" | "fault" = "fault";
    try {
      const result = await call();
      outcome = "ok";
      return result;
    } finally {
      this.#onCall(operation, outcome, secondsSince(startedAt));
    }
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
