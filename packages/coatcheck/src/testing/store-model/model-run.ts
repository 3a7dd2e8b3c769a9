import { deepEqual, equal, notEqual } from "node:assert/strict";
import type { SessionRecord } from "../../core/session-record.ts";
import type { FenceReading, InsertOutcome, SessionStore } from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";
import { ManualClock } from "../manual-clock.ts";
import { sessionIdNamed, sessionRecordNamed, userKeyNamed } from "../session-record-fixture.ts";
import type { CreateStore } from "../store-under-test.ts";
import { type ModelReading, ModelStore } from "./model-store.ts";
import { PublishedRemovals } from "./published-removals.ts";
import { changeNamed } from "./session-changes.ts";
import { type ReadingChoice, type StoreCommand, USERS } from "./store-command.ts";

interface Reading {
  readonly ofStore: FenceReading;
  readonly ofModel: ModelReading;
}

/** Tells a story to a fresh store and to the model, and requires after each command that they agree. */
export async function runAgainstModel(createStore: CreateStore, story: readonly StoreCommand[]): Promise<void> {
  const clock = new ManualClock();
  const { store, peer = store, close } = await createStore(clock);
  try {
    const published = await PublishedRemovals.of(store);
    const run = new ModelRun(clock);
    for (const [index, command] of story.entries()) {
      // No two commands at the very same time: on the millisecond at which a fence ends, either answer is right.
      clock.advanceSeconds(0.001);
      // Removals are published "soon after": before much time has passed.
      if (command.do === "advance") await published.require(run.model.removals);
      await run.obey(command, index % 2 === 0 ? store : peer);
      await run.compare(index % 2 === 0 ? peer : store);
    }
    await published.require(run.model.removals);
  } finally {
    await close();
  }
}

class ModelRun {
  readonly model: ModelStore;
  readonly #clock: ManualClock;
  readonly #readings = new Map<ReadingChoice, Reading>();
  readonly #sent = new Map<string, SessionRecord>();
  /** The text that the store uses for each fence of the model. */
  readonly #fences = new Map<number, string | null>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.model = new ModelStore(clock);
  }

  async obey(command: StoreCommand, store: SessionStore): Promise<void> {
    const { model } = this;
    const userKey = userKeyNamed("user" in command ? command.user : "");
    const reference = { userKey, sessionId: sessionIdNamed("session" in command ? command.session : "") };
    switch (command.do) {
      case "readFence":
        this.#readings.set(command.keepAs, await this.#read(userKey, store));
        return;
      case "insert": {
        if (model.isUncertain(reference)) return;
        const kept = command.reading === "fresh" ? undefined : this.#readings.get(command.reading);
        const { ofStore, ofModel } = kept ?? (await this.#read(userKey, store));
        const record = this.#recordOf(command);
        const options = command.replaces === null ? {} : { replaces: sessionIdNamed(command.replaces) };
        const outcome = await store.insert(record, ofStore, command.limit, options);
        deepEqual(comparable(outcome), comparable(model.insert(record, ofModel, command.limit, options.replaces)));
        return;
      }
      case "find":
        deepEqual(await store.find(reference), model.find(reference));
        return;
      case "update": {
        const change = changeNamed(command.change, this.#clock.now());
        const version = (model.find(reference)?.version ?? 1) - (command.isStale ? 1 : 0);
        equal(await store.update(reference, change, version), model.update(reference, change, version));
        return;
      }
      case "delete":
        deepEqual(await store.delete(reference, command.reason), model.delete(reference, command.reason));
        return;
      case "deleteByUser": {
        const except = command.except === null ? null : sessionIdNamed(command.except);
        const removed = await store.deleteByUser(userKey, command.reason, except === null ? {} : { except });
        deepEqual(inAnyOrder(removed), inAnyOrder(model.deleteByUser(userKey, command.reason, except)));
        return;
      }
      case "deleteExpired":
        model.acceptSweep(command.limit, await store.deleteExpired(command.limit));
        return;
      case "advance":
        this.#clock.advanceSeconds(command.seconds);
        return;
      case "stepBack": {
        const earliest = model.lastEnd() + 1;
        const seconds = Math.min(command.seconds, (this.#clock.now() - earliest) / 1_000);
        if (seconds > 0) this.#clock.advanceSeconds(-seconds);
      }
    }
  }

  async compare(store: SessionStore): Promise<void> {
    for (const userKey of USERS.map(userKeyNamed)) {
      deepEqual(inAnyOrder(await store.listByUser(userKey)), inAnyOrder(this.model.listByUser(userKey)));
      await this.#read(userKey, store);
    }
  }

  /** Fences are compared up to their names: the same one has the same text each time, and no other one has it. */
  async #read(userKey: string, store: SessionStore): Promise<Reading> {
    const [ofStore, ofModel] = [await store.readFence(userKey), this.model.readFence(userKey)];
    equal(ofStore.readAt, ofModel.readAt);
    if (ofModel.fence === null) equal(ofStore.fence, null);
    else {
      notEqual(ofStore.fence, null);
      if (!this.#fences.has(ofModel.fence)) {
        equal([...this.#fences.values()].includes(ofStore.fence), false, "a fence has the value of an earlier one");
        this.#fences.set(ofModel.fence, ofStore.fence);
      }
      equal(ofStore.fence, this.#fences.get(ofModel.fence));
    }
    return { ofStore, ofModel };
  }

  #recordOf(command: Extract<StoreCommand, { do: "insert" }>): SessionRecord {
    const { user, session, idleSeconds, lifetimeSeconds, seenSecondsAgo } = command;
    const key = `${user} ${session}`;
    const sentBefore = this.#sent.get(key);
    if (command.again && sentBefore !== undefined) return sentBefore;
    const now = this.#clock.now();
    const record = sessionRecordNamed(session, now, {
      userKey: userKeyNamed(user),
      userId: `user:${user}`,
      lastSeenAt: now - seenSecondsAgo * 1_000,
      idleDeadline: now + idleSeconds * 1_000,
      absoluteDeadline: now + lifetimeSeconds * 1_000,
    });
    this.#sent.set(key, record);
    return record;
  }
}

function comparable(outcome: InsertOutcome): InsertOutcome {
  return outcome.outcome === "inserted" ? { ...outcome, removed: inAnyOrder(outcome.removed) } : outcome;
}
