import type { SessionStore } from "../../core/session-store.ts";
import { ManualClock } from "../manual-clock.ts";
import { sessionRecordNamed, userKeyNamed } from "../session-record-fixture.ts";
import type { CreateStore } from "../store-under-test.ts";
import { type LedgerEntry, LoginLedger } from "./login-ledger.ts";
import { PublishedRemovals } from "./published-removals.ts";
import { changeNamed } from "./session-changes.ts";
import { HIGHEST_LIMIT, type StoreCommand, USERS } from "./store-command.ts";

/**
 * Sends the commands of each batch at once, and requires after each batch what holds in whatever order they ran. Time
 * passes before a batch and not within it, for what was removed must have been published by then.
 */
export async function runConcurrently(
  createStore: CreateStore,
  batches: readonly (readonly StoreCommand[])[],
): Promise<void> {
  const clock = new ManualClock();
  const { store, peer = store, close } = await createStore(clock);
  try {
    const published = await PublishedRemovals.of(store);
    const run = new ConcurrentRun(clock);
    for (const batch of batches) {
      for (const command of batch) if (command.do === "advance") clock.advanceSeconds(command.seconds);
      await Promise.all(batch.map((command, index) => run.obey(command, index % 2 === 0 ? store : peer)));
      for (const userKey of USERS.map(userKeyNamed)) {
        run.ledger.requireBalance(userKey, await store.listByUser(userKey), HIGHEST_LIMIT);
      }
      await published.require(run.ledger.removed);
    }
  } finally {
    await close();
  }
}

class ConcurrentRun {
  readonly ledger = new LoginLedger();
  readonly #clock: ManualClock;
  #hasSteppedBack = false;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async obey(command: StoreCommand, store: SessionStore): Promise<void> {
    const { ledger } = this;
    switch (command.do) {
      case "readFence":
        await this.#begin(command.user, store, 3_600, 7_200);
        return;
      case "insert": {
        const { user, idleSeconds, lifetimeSeconds } = command;
        const earlier = command.again ? this.#attemptNamed(user, command.session) : undefined;
        const attempt = earlier ?? (await this.#begin(user, store, idleSeconds, lifetimeSeconds));
        const replaced = command.replaces === null ? undefined : this.#attemptNamed(user, command.replaces);
        const options = replaced === undefined ? {} : { replaces: replaced.record.sessionId };
        const outcome = await store.insert(attempt.record, attempt.reading, command.limit, options);
        if (outcome.outcome !== "inserted") return;
        attempt.insertions += 1;
        ledger.noteRemovals(outcome.removed);
        return;
      }
      case "find": {
        const attempt = this.#attemptNamed(command.user, command.session);
        if (attempt !== undefined) await store.find(attempt.record);
        return;
      }
      case "update": {
        const attempt = this.#attemptNamed(command.user, command.session);
        if (attempt === undefined) return;
        const version = 1 + attempt.updates - (command.isStale ? 1 : 0);
        const change = changeNamed(command.change, this.#clock.now());
        if (await store.update(attempt.record, change, version)) attempt.updates += 1;
        return;
      }
      case "delete": {
        const attempt = this.#attemptNamed(command.user, command.session);
        const removed = attempt === undefined ? null : await store.delete(attempt.record, command.reason);
        if (removed !== null) ledger.noteRemovals([removed]);
        return;
      }
      case "deleteByUser": {
        const spared = command.except === null ? undefined : this.#attemptNamed(command.user, command.except);
        const options = spared === undefined ? {} : { except: spared.record.sessionId };
        ledger.noteRevocation(userKeyNamed(command.user), options.except ?? null);
        ledger.noteRemovals(await store.deleteByUser(userKeyNamed(command.user), command.reason, options));
        return;
      }
      case "deleteExpired":
        ledger.noteRemovals(await store.deleteExpired(command.limit));
        return;
      case "advance":
        return;
      case "stepBack":
        // The contract tolerates one step of this size, not one after the other.
        if (!this.#hasSteppedBack) this.#clock.advanceSeconds(-command.seconds);
        this.#hasSteppedBack = true;
    }
  }

  /** Reads the fence and makes the record, as a login does before it checks the credential. */
  async #begin(user: string, store: SessionStore, idleSeconds: number, lifetimeSeconds: number): Promise<LedgerEntry> {
    const userKey = userKeyNamed(user);
    const reading = await store.readFence(userKey);
    const now = this.#clock.now();
    const record = sessionRecordNamed(`number-${this.ledger.size}`, now, {
      userKey,
      userId: `user:${user}`,
      idleDeadline: now + idleSeconds * 1_000,
      absoluteDeadline: now + lifetimeSeconds * 1_000,
    });
    return this.ledger.open(record, reading);
  }

  /** "a" is the user's latest attempt, "b" the one before. */
  #attemptNamed(user: string, letter: string): LedgerEntry | undefined {
    return this.ledger.attemptsOf(userKeyNamed(user))["abcdef".indexOf(letter)];
  }
}
