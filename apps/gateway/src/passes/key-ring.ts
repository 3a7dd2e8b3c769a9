import type { Clock, Timestamp } from "coatcheck";
import { type Awaitable, after } from "coatcheck/adapter";
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  type KeyEncryption,
  KeySchedule,
  type KeyState,
  type KeyTimes,
  type RotationDecision,
  type SignatureAlgorithm,
  type SigningKey,
  type SigningKeys,
} from "coatcheck/keys";
import { GatewayError } from "../errors.ts";
import type { AccessStore, KeyPurpose, StoredKey } from "./access-store.ts";

/** How long verifiers, and the caches before them, may keep a JWK set. */
export const KEY_SET_MAXIMUM_AGE_SECONDS = 300;

/**
 * A set in a cache may already be `KEY_SET_MAXIMUM_AGE_SECONDS` old when a verifier reads it, and the verifier uses it
 * for as long again; clocks differ too. Anything that a key signed lives for ten minutes at most, on a clock that may
 * be behind.
 */
export const keyTimes: KeyTimes = { publicationSeconds: 2 * KEY_SET_MAXIMUM_AGE_SECONDS + 60, retentionSeconds: 660 };

/** Another node, or a command, may have changed the keys. A new key waits far longer than this before it signs. */
const REREAD_AFTER_MILLISECONDS = 5_000;

export interface KeyRingParts {
  readonly store: AccessStore;
  readonly purpose: KeyPurpose;
  /** The algorithm of new keys. */
  readonly algorithm: SignatureAlgorithm;
  /** Null stores private keys unencrypted: anyone who reads the database can sign. */
  readonly encryption: KeyEncryption | null;
  readonly clock: Clock;
  readonly times?: KeyTimes;
}

export interface ListedKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: KeyState;
  readonly isEncrypted: boolean;
  readonly publishedAt: Timestamp;
  readonly signsFrom: Timestamp;
  /** The time from which the key may be retired; null while no other key is to follow it. */
  readonly retirableFrom: Timestamp | null;
}

export type RetirementResult =
  | { readonly outcome: "retired"; readonly successor: string | null }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "refused"; readonly state: KeyState; readonly until: Timestamp | null };

interface ReadKeys {
  readonly keys: readonly StoredKey[];
  readonly schedule: KeySchedule<StoredKey>;
  readonly at: number;
}

/**
 * KeyRing holds the signing keys of one purpose, on any node: it knows which key signs, which are published, and which
 * is next.
 */
export class KeyRing implements SigningKeys {
  readonly #parts: KeyRingParts & { readonly times: KeyTimes };
  readonly #imported = new Map<string, SigningKey>();
  #read: ReadKeys | null = null;

  constructor(parts: KeyRingParts) {
    this.#parts = { times: keyTimes, ...parts };
  }

  /** Makes the first key if there is none. If several nodes start at once, one of them makes it. */
  async prepare(): Promise<void> {
    const keys = await this.#freshKeys();
    if (keys.length === 0) await this.#add(keys, this.#parts.clock.now());
    await this.current();
  }

  /** No promise, except for a key that was not used before, and every few seconds when the keys are read again. */
  current(): Awaitable<SigningKey> {
    return after(this.#keys(), ({ schedule }) => {
      const stored = schedule.signing(this.#parts.clock.now());
      if (stored === null)
        throw new GatewayError("keys_unusable", `There is no key to sign ${this.#parts.purpose} with.`);
      return this.#imported.get(stored.kid) ?? this.#import(stored);
    });
  }

  /** The keys for verifiers: every key of the ring, including those that do not sign yet. */
  async publicKeys(): Promise<{ readonly keys: readonly object[] }> {
    const { keys } = await this.#keys();
    return { keys: keys.map(({ publicJwk }) => JSON.parse(publicJwk) as object) };
  }

  async list(): Promise<readonly ListedKey[]> {
    const keys = await this.#freshKeys();
    const schedule = this.#schedule(keys);
    const now = this.#parts.clock.now();
    return keys
      .map((key) => {
        const retirableFrom = schedule.retirableFrom(key);
        return {
          kid: key.kid,
          algorithm: String((JSON.parse(key.publicJwk) as { readonly alg?: unknown }).alg),
          state: schedule.stateOf(key, now),
          isEncrypted: key.isEncrypted,
          publishedAt: key.publishedAt,
          signsFrom: key.signsFrom,
          retirableFrom: Number.isFinite(retirableFrom) ? retirableFrom : null,
        };
      })
      .sort((first, second) => second.signsFrom - first.signsFrom);
  }

  /**
   * Publishes a new key. It signs after `waitSeconds`, but not before every verifier can have read it. Refused while
   * another new key waits.
   */
  async rotate(waitSeconds = 0): Promise<RotationDecision & { readonly kid?: string }> {
    const keys = await this.#freshKeys();
    const decision = this.#schedule(keys).decideRotation(this.#parts.clock.now(), waitSeconds);
    if (decision.outcome === "refused") return decision;
    const kid = await this.#add(keys, decision.signsFrom);
    // Another process was faster and added its own key, so decide again.
    return kid === null ? this.rotate(waitSeconds) : { ...decision, kid };
  }

  /** Removes a key from the ring for good, once nothing that it signed is valid any more. */
  async retire(kid: string): Promise<RetirementResult> {
    const keys = await this.#freshKeys();
    const key = keys.find((each) => each.kid === kid);
    if (key === undefined) return { outcome: "unknown" };
    const decision = this.#schedule(keys).decideRetirement(key, this.#parts.clock.now());
    if (decision.outcome === "refused") return decision;
    await this.#remove(kid);
    return { outcome: "retired", successor: null };
  }

  /**
   * Removes a key at once, whatever it signed, because a thief may have it. If it was the signing key, a new one signs
   * from now on. Verifiers use the old set until they read it again.
   */
  async retireCompromised(kid: string): Promise<RetirementResult> {
    const keys = await this.#freshKeys();
    if (!keys.some((key) => key.kid === kid)) return { outcome: "unknown" };
    await this.#remove(kid);
    const left = await this.#freshKeys();
    const now = this.#parts.clock.now();
    if (this.#schedule(left).signing(now) !== null) return { outcome: "retired", successor: null };
    return { outcome: "retired", successor: await this.#add(left, now) };
  }

  /** Retires every key that may be retired. Returns their ids. */
  async retireDue(): Promise<readonly string[]> {
    const due = (await this.list()).filter(({ state }) => state === "retirable");
    for (const { kid } of due) await this.retire(kid);
    return due.map(({ kid }) => kid);
  }

  async #add(keys: readonly StoredKey[], signsFrom: Timestamp): Promise<string | null> {
    const { store, purpose, algorithm, encryption, clock } = this.#parts;
    const key = await generateSigningKey(algorithm);
    const exported = await exportSigningKey(key);
    const stored: StoredKey = {
      kid: key.kid,
      purpose,
      privateKey: encryption === null ? exported : await encryption.encrypt(key.kid, exported),
      isEncrypted: encryption !== null,
      publicJwk: JSON.stringify(key.publicJwk),
      publishedAt: clock.now(),
      signsFrom,
    };
    const isAdded = await store.addKey(
      stored,
      keys.map(({ kid }) => kid),
    );
    this.#read = null;
    return isAdded ? key.kid : null;
  }

  async #remove(kid: string): Promise<void> {
    await this.#parts.store.removeKey(kid);
    this.#imported.delete(kid);
    this.#read = null;
  }

  async #import(stored: StoredKey): Promise<SigningKey> {
    const key = await this.#decode(stored);
    this.#imported.set(stored.kid, key);
    return key;
  }

  async #decode({ kid, privateKey, isEncrypted }: StoredKey): Promise<SigningKey> {
    const { encryption, purpose } = this.#parts;
    if (isEncrypted && encryption === null) {
      const message = `The key "${kid}" for ${purpose} is encrypted, and no key to decrypt it by was given.`;
      throw new GatewayError("keys_unusable", message);
    }
    return importSigningKey(
      isEncrypted && encryption !== null ? await encryption.decrypt(kid, privateKey) : privateKey,
    );
  }

  #schedule(keys: readonly StoredKey[]): KeySchedule<StoredKey> {
    return new KeySchedule(keys, this.#parts.times);
  }

  #keys(): Awaitable<ReadKeys> {
    const read = this.#read;
    if (read !== null && performance.now() - read.at < REREAD_AFTER_MILLISECONDS) return read;
    return this.#readKeys();
  }

  async #freshKeys(): Promise<readonly StoredKey[]> {
    return (await this.#readKeys()).keys;
  }

  async #readKeys(): Promise<ReadKeys> {
    const at = performance.now();
    const keys = await this.#parts.store.listKeys(this.#parts.purpose);
    this.#read = { keys, schedule: this.#schedule(keys), at };
    return this.#read;
  }
}
