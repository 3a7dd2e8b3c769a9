import type {
  ChannelListener,
  EndReason,
  RemovalListener,
  RemovedSession,
  SessionRecord,
  SessionReference,
  SessionStore,
} from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import { sessionRecordNamed } from "coatcheck/testing";

export const BOUND_MILLISECONDS = 1_000;
const LIMIT = { maximum: 1, whenFull: "evict" } as const;

/**
 * One session, one store and some nodes with a near-cache each, where every step happens when a test says so: a read is
 * sent, carried out and answered in steps of its own, and what is published reaches a node when it is delivered, if its
 * channel was not cut before.
 */
export class NearCacheWorld {
  readonly record: SessionRecord = sessionRecordNamed("phone", 0);
  readonly nodes: readonly Node[];
  /** What the store holds. */
  stored: SessionRecord | null = this.record;
  /** Milliseconds that have really gone by. */
  elapsed = 0;
  monotonic = 0;
  wall = 1_000_000;

  constructor(nodes: number) {
    this.nodes = Array.from({ length: nodes }, () => new Node(this));
  }

  /** Also what a paused process finds: nothing was delivered meanwhile. */
  pass(milliseconds: number): void {
    this.elapsed += milliseconds;
    this.monotonic += milliseconds;
    this.wall += milliseconds;
  }

  /** The machine sleeps: one clock stands still meanwhile. */
  suspend(milliseconds: number): void {
    this.elapsed += milliseconds;
    this.wall += milliseconds;
  }

  setBack(milliseconds: number): void {
    this.wall -= milliseconds;
  }

  /** The removal, as one step of the store with its publication. */
  remove(reason: EndReason): RemovedSession | null {
    if (this.stored === null) return null;
    const { userKey, sessionId, userId } = this.stored;
    this.stored = null;
    const removed = { userKey, sessionId, userId, reason };
    for (const node of this.nodes) node.publish(removed);
    return removed;
  }
}

export interface Step<Result = unknown> {
  carryOut(): void;
  answer(): Promise<void>;
  fail(): Promise<void>;
  readonly promise: Promise<Result>;
}

/** A process: what it asks of the store waits until the test carries it out and answers it. */
export class Node {
  readonly cache: NearCacheSessionStore;
  readonly #world: NearCacheWorld;
  readonly #undelivered: RemovedSession[] = [];
  #isConnected = true;
  #tell: RemovalListener = () => {};
  #report: ChannelListener = () => {};
  #asked: Step | null = null;

  constructor(world: NearCacheWorld) {
    this.#world = world;
    this.cache = new NearCacheSessionStore({
      store: this.#remoteStore(),
      maxStalenessMilliseconds: BOUND_MILLISECONDS,
      testMoment: () => ({ monotonic: world.monotonic, wall: world.wall }),
    });
    this.#report("open");
  }

  /** Whether a request for the session would pass here without asking the store. */
  get servesFromMemory(): boolean {
    return this.cache.findCopy(this.#world.record) !== null;
  }

  sendRead(): Step {
    return this.#send(() => this.cache.find(this.#world.record));
  }

  async read(): Promise<void> {
    const read = this.sendRead();
    read.carryOut();
    await read.answer();
  }

  sendDelete(): Step {
    return this.#send(() => this.cache.delete(this.#world.record, "logged_out"));
  }

  sendDeleteByUser(): Step {
    return this.#send(() => this.cache.deleteByUser(this.#world.record.userKey, "revoked"));
  }

  sendUpdate(): Step {
    return this.#send(() => this.cache.update(this.#world.record, { data: { theme: "dark" } }, 1));
  }

  /** A login of the same user that leaves room for no other session. */
  sendInsert(): Step {
    const record = sessionRecordNamed("laptop", 0);
    return this.#send(() => this.cache.insert(record, { fence: null, readAt: 0 }, LIMIT));
  }

  publish(removed: RemovedSession): void {
    if (this.#isConnected) this.#undelivered.push(removed);
  }

  get hasUndelivered(): boolean {
    return this.#undelivered.length > 0;
  }

  deliver(): void {
    const removed = this.#undelivered.shift();
    if (removed !== undefined) this.#tell(removed);
  }

  /** No node notices yet. */
  cut(): void {
    this.#isConnected = false;
    this.#undelivered.length = 0;
  }

  notice(): void {
    this.#report("interrupted");
  }

  reopen(): void {
    this.#isConnected = true;
    this.#report("open");
  }

  #send<Result>(call: () => Promise<Result>): Step<Result> {
    const promise = call();
    promise.catch(() => {});
    const step = this.#asked;
    if (step === null) throw new Error("The cache asked nothing of the store.");
    this.#asked = null;
    return { ...step, promise };
  }

  /** Only what is asked of it here; the rest is of no concern. */
  #remoteStore(): SessionStore {
    const world = this.#world;
    return Object.assign(new MemorySessionStore(), {
      subscribe: (tell: RemovalListener, report: ChannelListener = () => {}) => {
        this.#tell = tell;
        this.#report = report;
        return () => {};
      },
      find: (_reference: SessionReference) => this.#ask(() => world.stored),
      update: () =>
        this.#ask(() => {
          if (world.stored !== null) world.stored = { ...world.stored, data: { theme: "dark" }, version: 2 };
          return world.stored !== null;
        }),
      delete: (_reference: SessionReference, reason: EndReason) => this.#ask(() => world.remove(reason)),
      deleteByUser: (_userKey: string, reason: EndReason) => this.#ask(() => [world.remove(reason)].filter(isRemoved)),
      insert: () => this.#ask(() => ({ outcome: "inserted", removed: [world.remove("evicted")].filter(isRemoved) })),
    } as unknown as Partial<SessionStore>);
  }

  #ask<Result>(execute: () => Result): Promise<Result> {
    let result: Result | undefined;
    let resolve = (_result: Result) => {};
    let reject = (_error: Error) => {};
    const promise = new Promise<Result>((...settle) => {
      [resolve, reject] = settle;
    });
    this.#asked = {
      promise,
      carryOut() {
        result = execute();
      },
      async answer() {
        resolve(result as Result);
        await settled();
      },
      async fail() {
        reject(new Error("the connection broke"));
        await settled();
      },
    };
    return promise;
  }
}

function isRemoved(removed: RemovedSession | null): removed is RemovedSession {
  return removed !== null;
}

/** Until whatever an answer sets in motion has come to rest. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
