import type { BoundedCalls } from "../../core/bounded-calls.ts";
import type { RemovedSession } from "../../core/session-record.ts";
import type { RedisConnection } from "./redis-connection.ts";

/**
 * The number of keys that Redis looks at in one step: a fraction of a millisecond, during which it serves no other
 * client.
 */
const KEYS_PER_STEP = 500;
/** The number of keys that are swept at the same time. */
const KEYS_AT_A_TIME = 64;

/** Removes at most `limit` expired sessions under one key. */
export type SweepKey = (key: string, limit: number) => Promise<readonly RemovedSession[]>;

interface ExpirySweepParts {
  readonly connection: RedisConnection;
  readonly calls: BoundedCalls;
  readonly prefix: string;
  readonly sweepKey: SweepKey;
}

/**
 * ExpirySweep reads all keys of the store, step by step, and remembers between two calls how far it got. Not for use
 * during a request, because it looks at every key. Redis itself frees keys that are no longer used; the sweep finds
 * sessions that expired under keys that are still in use, and announces them.
 */
export class RedisExpirySweep {
  readonly #connection: RedisConnection;
  readonly #calls: BoundedCalls;
  readonly #pattern: string;
  readonly #sweepKey: SweepKey;
  /** The keys that remain, step by step; null between two passes. */
  #pass: AsyncGenerator<readonly string[], void, void> | null = null;
  #found: string[] = [];
  #running: Promise<unknown> = Promise.resolve();

  constructor({ connection, calls, prefix, sweepKey }: ExpirySweepParts) {
    this.#connection = connection;
    this.#calls = calls;
    this.#pattern = `${prefix.replaceAll(/[*?[\]\\^]/g, "\\$&")}*`;
    this.#sweepKey = sweepKey;
  }

  /** One call at a time. Returns fewer than `limit` only after a whole pass that found no more. */
  run(limit: number): Promise<readonly RemovedSession[]> {
    const result = this.#running.then(() => this.#run(limit));
    this.#running = result.catch(() => {});
    return result;
  }

  async #run(limit: number): Promise<readonly RemovedSession[]> {
    const removed: RemovedSession[] = [];
    let beganHere = false;
    for (;;) {
      while (this.#found.length > 0 && removed.length < limit) {
        removed.push(...(await this.#sweepFound(limit - removed.length)));
      }
      if (removed.length >= limit || (this.#pass === null && beganHere)) return removed;
      if (this.#pass === null) {
        this.#pass = this.#allKeys();
        beganHere = true;
      }
      await this.#findMore(this.#pass);
    }
  }

  async #findMore(pass: AsyncGenerator<readonly string[], void, void>): Promise<void> {
    try {
      const step = await pass.next();
      if (step.done) this.#pass = null;
      else this.#found.push(...step.value);
    } catch (error) {
      // The place where a pass broke off cannot be found again, so the next pass starts from the beginning.
      this.#pass = null;
      throw error;
    }
  }

  async #sweepFound(limit: number): Promise<readonly RemovedSession[]> {
    const keys = this.#found.splice(0, Math.min(KEYS_AT_A_TIME, limit));
    const limitPerKey = Math.floor(limit / keys.length);
    const removed = await Promise.all(keys.map((key) => this.#sweepKey(key, limitPerKey)));
    const unfinished = keys.filter((_key, index) => (removed[index]?.length ?? 0) >= limitPerKey);
    this.#found.unshift(...unfinished);
    return removed.flat();
  }

  async *#allKeys(): AsyncGenerator<readonly string[], void, void> {
    for (const server of await this.#connection.primaries()) {
      let cursor = "0";
      do {
        const command = ["SCAN", cursor, "MATCH", this.#pattern, "COUNT", String(KEYS_PER_STEP)];
        const [next, keys] = (await this.#calls.run(() => server.send(command))) as readonly [
          Buffer,
          readonly Buffer[],
        ];
        cursor = String(next);
        yield keys.map(String);
      } while (cursor !== "0");
    }
  }
}
