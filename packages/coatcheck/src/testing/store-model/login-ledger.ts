import { deepEqual, equal, ok } from "node:assert/strict";
import type { RemovedSession, SessionRecord } from "../../core/session-record.ts";
import type { FenceReading } from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";

/** One login: its record may be sent more than once, always with the reading that it began with. */
export interface LedgerEntry {
  readonly record: SessionRecord;
  readonly reading: FenceReading;
  /** The number of this login, in the order in which their readings came back. */
  readonly number: number;
  insertions: number;
  removals: number;
  updates: number;
}

interface Revocation {
  readonly userKey: string;
  readonly except: string | null;
  /** How many readings had come back when it began. */
  readonly begunLogins: number;
}

/** LoginLedger keeps account of what a store said it did, and requires that what it lists is the balance. */
export class LoginLedger {
  readonly removed: RemovedSession[] = [];
  readonly #attempts: LedgerEntry[] = [];
  readonly #revocations: Revocation[] = [];

  get size(): number {
    return this.#attempts.length;
  }

  open(record: SessionRecord, reading: FenceReading): LedgerEntry {
    const attempt = { record, reading, number: this.size, insertions: 0, removals: 0, updates: 0 };
    this.#attempts.push(attempt);
    return attempt;
  }

  /** The user's attempts, the latest first. */
  attemptsOf(userKey: string): readonly LedgerEntry[] {
    return this.#attempts.filter(({ record }) => record.userKey === userKey).reverse();
  }

  /** Call it before the call of the store. */
  noteRevocation(userKey: string, except: string | null): void {
    this.#revocations.push({ userKey, except, begunLogins: this.size });
  }

  noteRemovals(removed: readonly RemovedSession[]): void {
    this.removed.push(...removed);
    for (const { userKey, sessionId } of removed) {
      const attempt = this.attemptsOf(userKey).find(({ record }) => record.sessionId === sessionId);
      ok(attempt !== undefined, "a session was removed that had not been stored");
      attempt.removals += 1;
    }
  }

  /** Requires what is true of a user's sessions in every order of the calls, once all have returned. */
  requireBalance(userKey: string, listed: readonly SessionRecord[], highestLimit: number): void {
    ok(listed.length <= highestLimit, "there are more sessions than any limit allowed");
    const attempts = this.attemptsOf(userKey);
    for (const { insertions, removals } of attempts) {
      ok(insertions <= 1, "a session was stored twice");
      ok(removals <= insertions, "a session was removed more often than stored");
    }
    const alive = attempts.filter(({ insertions, removals }) => insertions > removals);
    deepEqual(
      versionsOf(listed),
      versionsOf(alive.map(({ record, updates }) => ({ ...record, version: 1 + updates }))),
    );
    for (const attempt of alive) {
      equal(this.#wasRevoked(attempt), false, "a session outlived a deleteByUser that its login began before");
    }
  }

  #wasRevoked({ record, number }: LedgerEntry): boolean {
    return this.#revocations.some(
      ({ userKey, except, begunLogins }) =>
        userKey === record.userKey && except !== record.sessionId && number < begunLogins,
    );
  }
}

function versionsOf(records: readonly SessionRecord[]): readonly (readonly [string, number])[] {
  return inAnyOrder(records).map(({ sessionId, version }) => [sessionId, version] as const);
}
