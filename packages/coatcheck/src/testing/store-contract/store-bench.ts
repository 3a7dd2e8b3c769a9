import { deepEqual, equal } from "node:assert/strict";
import type { Clock } from "../../core/clock.ts";
import type { RemovedSession, SessionRecord } from "../../core/session-record.ts";
import type {
  FenceReading,
  InsertOutcome,
  RemovalListener,
  SessionLimit,
  SessionStore,
} from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";
import type { ManualClock } from "../manual-clock.ts";
import { openSubscription } from "../open-subscription.ts";
import { sessionRecordNamed, userKeyNamed } from "../session-record-fixture.ts";
import type { StoreUnderTest } from "../store-under-test.ts";
import { pauseUntil } from "../wait-until.ts";

export const ADA = userKeyNamed("ada");
export const GRACE = userKeyNamed("grace");
export const HUNDRED: SessionLimit = { maximum: 100, whenFull: "evict" };

/** Registers the tests of one theme of the contract. Each test gets a fresh store. */
export interface ContractTests {
  test(name: string, body: (bench: StoreBench) => Promise<void>): void;
  /** A test that moves the clock: left out for a store that keeps its own. */
  timedTest(name: string, body: (bench: StoreBench<ManualClock>) => Promise<void>): void;
}

/** StoreBench holds the store of one test, and says in a word what most tests do with it. */
export class StoreBench<TestClock extends Clock = Clock> {
  readonly store: SessionStore;
  /** Another process's view of the same storage; the store itself if there is none. */
  readonly peer: SessionStore;
  readonly clock: TestClock;

  constructor({ store, peer = store }: StoreUnderTest, clock: TestClock) {
    this.store = store;
    this.peer = peer;
    this.clock = clock;
  }

  /** A record that begins now, of Ada unless `fields` say otherwise. */
  record(name: string, fields: Partial<SessionRecord> = {}): SessionRecord {
    return sessionRecordNamed(name, this.clock.now(), fields);
  }

  /** Inserts with a fence read just now, unless another reading is given. */
  async insert(record: SessionRecord, reading?: FenceReading, limit: SessionLimit = HUNDRED): Promise<InsertOutcome> {
    return this.store.insert(record, reading ?? (await this.store.readFence(record.userKey)), limit);
  }

  /** Stores a session that begins now. */
  async login(name: string, fields?: Partial<SessionRecord>, limit?: SessionLimit): Promise<SessionRecord> {
    const record = this.record(name, fields);
    const { outcome } = await this.insert(record, undefined, limit);
    equal(outcome, "inserted");
    return record;
  }

  /** The names of the sessions that the store lists. */
  async sessionsOf(userKey: string): Promise<readonly string[]> {
    return namesOf(await this.store.listByUser(userKey));
  }

  /** Collects what is published to one instance, from now on. */
  async watch(store: SessionStore = this.store): Promise<Watch> {
    const events: RemovedSession[] = [];
    return { events, stop: await this.subscribe((removed) => events.push(removed), store) };
  }

  /** Subscribes, and waits until everything is heard. */
  subscribe(listener: RemovalListener, store: SessionStore = this.store): Promise<() => void> {
    return openSubscription(store, listener);
  }

  /**
   * Requires that these removals of Ada's sessions, and no others, have been published. One more is made and waited
   * for: a user's events come in order, so nothing is still to come when it has come.
   */
  async requirePublished({ events }: Watch, expected: readonly RemovedSession[]): Promise<void> {
    const last = await this.login("the-last-one");
    await this.store.delete(last, "logged_out");
    await pauseUntil(() => events.some(({ sessionId }) => sessionId === last.sessionId));
    deepEqual(inAnyOrder(events), inAnyOrder([...expected, removedAs(last, "logged_out")]));
  }
}

export interface Watch {
  readonly events: readonly RemovedSession[];
  stop(): void;
}

/** The report of this session's removal. */
export function removedAs(record: SessionRecord, reason: RemovedSession["reason"]): RemovedSession {
  const { userKey, sessionId, userId } = record;
  return { userKey, sessionId, userId, reason };
}

export function namesOf(sessions: readonly { readonly sessionId: string }[]): readonly string[] {
  return sessions.map(({ sessionId }) => sessionId.replace(/-+$/, "")).sort();
}

export function inserted(removed: readonly RemovedSession[] = []): InsertOutcome {
  return { outcome: "inserted", removed };
}
