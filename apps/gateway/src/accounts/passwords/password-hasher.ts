import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import * as argon2 from "@node-rs/argon2";
import { type HashingLine, type HashingPlace, HashingQueue } from "./hashing-queue.ts";
import { MAXIMUM_PASSWORD_BYTES, readPassword } from "./password-text.ts";

/** The cost of one hash. */
export interface Argon2Cost {
  /** In KiB. */
  readonly memoryCost: number;
  /** Passes over the memory. */
  readonly timeCost: number;
  readonly parallelism: number;
}

/** argon2id with 19 MiB and two passes: a minimum of the OWASP Password Storage Cheat Sheet, and ASVS 5.0 appendix C. */
export const defaultArgon2Cost: Argon2Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * The two functions of `@node-rs/argon2` that the gateway uses: argon2id, version 1.3, 16-byte random salt by default.
 */
export interface Argon2 {
  hash(password: string, cost: Argon2Cost): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

export interface PasswordHasherOptions {
  readonly cost?: Argon2Cost;
  /** The number of hashes that run at a time. */
  readonly concurrency?: number;
  /** The number of hashes that may wait for their turn; more are refused with `overloaded`. */
  readonly maximumWaiting?: number;
  readonly argon2?: Argon2;
}

const ARGON2ID = /^\$argon2id\$v=19\$/;

// Hashes run on libuv's threads, four by default. Files and name look-ups need those too, so one thread is left to
// them. One processor is left to the event loop, or every user who is signed in would wait while strangers guess.
const DEFAULT_CONCURRENCY = Math.max(1, Math.min(availableParallelism() - 1, 3));
const DEFAULT_MAXIMUM_WAITING = 100;

/**
 * PasswordHasher makes and checks password hashes, as PHC strings. However many logins arrive at once, memory stays at
 * `concurrency` times the cost of one hash. Hashing never blocks the event loop, because it runs on other threads.
 */
export class PasswordHasher {
  readonly #cost: Argon2Cost;
  readonly #argon2: Argon2;
  readonly #queue: HashingQueue;
  readonly #decoyHash: string;

  static async create(options: PasswordHasherOptions = {}): Promise<PasswordHasher> {
    const { cost = defaultArgon2Cost } = options;
    const decoy = await (options.argon2 ?? argon2).hash(randomBytes(32).toString("base64url"), cost);
    return new PasswordHasher(options, cost, decoy);
  }

  private constructor(options: PasswordHasherOptions, cost: Argon2Cost, decoyHash: string) {
    this.#cost = cost;
    this.#argon2 = options.argon2 ?? argon2;
    this.#decoyHash = decoyHash;
    this.#queue = new HashingQueue(
      options.concurrency ?? DEFAULT_CONCURRENCY,
      options.maximumWaiting ?? DEFAULT_MAXIMUM_WAITING,
    );
  }

  /** Whether a password in this line could not be checked at all. A login asks this before anything else. */
  isFullFor(line: HashingLine): boolean {
    return this.#queue.isFullFor(line);
  }

  /**
   * Takes a place in the queue before the hash is due, so that costly work comes after it. The caller leaves the place
   * in the end.
   *
   * @throws GatewayError `overloaded`
   */
  takePlace(line: HashingLine): HashingPlace {
    return this.#queue.enter(line);
  }

  /**
   * Hashes a password that the policy accepted.
   *
   * @throws GatewayError `overloaded`
   */
  async hash(password: string): Promise<string> {
    const read = readPassword(password);
    if (read.outcome !== "readable") throw new RangeError(`The password is ${read.outcome}: check it first.`);
    return this.#inOwnPlace((place) => place.run(() => this.#argon2.hash(read.text, this.#cost)));
  }

  /**
   * Whether `hash` is the hash of `password`. If `hash` is null (no such account), or the text cannot be a password at
   * all, this still computes one hash of the same cost and returns false: the time must not reveal who has an account.
   *
   * @throws GatewayError `overloaded`, unless a place was taken before
   */
  async verify(password: string, hash: string | null, taken: HashingPlace | null = null): Promise<boolean> {
    const read = readPassword(password);
    const isPossible = hash !== null && read.outcome === "readable";
    const text = read.outcome === "readable" ? read.text : "x".repeat(MAXIMUM_PASSWORD_BYTES);
    const check = (place: HashingPlace) =>
      place.run(() => this.#argon2.verify(isPossible ? hash : this.#decoyHash, text));
    return (await (taken === null ? this.#inOwnPlace(check) : check(taken))) && isPossible;
  }

  async #inOwnPlace<Result>(work: (place: HashingPlace) => Promise<Result>): Promise<Result> {
    const place = this.#queue.enter("known");
    try {
      return await work(place);
    } finally {
      place.leave();
    }
  }

  /** Whether attacking the hash costs less than attacking one made today. A more expensive hash is kept. */
  needsRehash(hash: string): boolean {
    if (!ARGON2ID.test(hash)) return true;
    const { memoryCost, timeCost } = argon2.parseOptions(hash);
    return memoryCost < this.#cost.memoryCost || timeCost < this.#cost.timeCost;
  }
}
