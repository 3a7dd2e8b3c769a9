import { type Clock, systemClock } from "../core/clock.ts";
import { refuseUnknownOptions, requireClock, requireFunction, requireSeconds } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import { readAnswer } from "./bounded-answer.ts";
import { importPublicKeys, type PublicJwkSet, type PublicKey } from "./public-key.ts";
import { requireTrustworthyUrl } from "./trustworthy-url.ts";

/** The source of a verifier's keys. */
export interface PublicKeys {
  /**
   * Finds the key of that id. Null if no such key is published at this moment. Concurrent calls share one fetch.
   *
   * @throws CoatcheckError `keys_unavailable` if no keys were ever read, so that nothing is known
   */
  find(kid: string): Promise<PublicKey | null>;
}

/** StaticPublicKeys are read once, for example from a file of the operator. */
export class StaticPublicKeys implements PublicKeys {
  readonly #keys: ReadonlyMap<string, PublicKey>;

  private constructor(keys: ReadonlyMap<string, PublicKey>) {
    this.#keys = keys;
  }

  /**
   * Reads the keys of a JWK set: all of them, or none.
   *
   * @throws CoatcheckError `invalid_key_set`
   */
  static async from(jwks: PublicJwkSet | unknown): Promise<StaticPublicKeys> {
    return new StaticPublicKeys(await importPublicKeys(jwks));
  }

  async find(kid: string): Promise<PublicKey | null> {
    return this.#keys.get(kid) ?? null;
  }
}

/** The place of the keys, and their greatest age. */
export interface RemotePublicKeysOptions {
  /** The URL of the JWK set, such as "https://login.example/auth/access/jwks.json": https, or loopback. */
  readonly url: string;
  /** Sends the requests; `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
  /** Tells how old the keys are; the machine's clock by default. */
  readonly clock?: Clock;
  /** How old the keys may grow before they are read again, in the background. 300 by default. */
  readonly refreshSeconds?: number;
  /**
   * The least pause between two fetches, however many tokens with unknown kids arrive: they must not cause a flood. 10
   * by default.
   */
  readonly floorSeconds?: number;
  /**
   * How long keys that cannot be read again are believed; a day by default. After that, no verifier accepts a retired
   * key.
   */
  readonly maximumAgeSeconds?: number;
  /**
   * Accepts plain http beyond loopback: an attacker on the network can then give your verifier keys of their own. False
   * by default.
   */
  readonly dangerouslyAllowInsecureUrl?: boolean;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof RemotePublicKeysOptions>([
  "url",
  "fetch",
  "clock",
  "refreshSeconds",
  "floorSeconds",
  "maximumAgeSeconds",
  "dangerouslyAllowInsecureUrl",
]);

const FETCH_TIMEOUT_MILLISECONDS = 5_000;
const MAXIMUM_ANSWER_BYTES = 65_536;

/**
 * RemotePublicKeys reads an issuer's JWK set when it is first needed, and keeps it. It reads the set again when it has
 * grown old, or when a token names a key that is not in it. While the issuer is down it uses the keys that it has, for
 * a day; any other key is unknown.
 */
export class RemotePublicKeys implements PublicKeys {
  readonly #options: RemotePublicKeysOptions;
  readonly #clock: Clock;
  #keys: ReadonlyMap<string, PublicKey> | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;
  #fault: unknown = null;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: RemotePublicKeysOptions) {
    refuseUnknownOptions("RemotePublicKeys", options, OPTIONS);
    requireTrustworthyUrl(options.url, options.dangerouslyAllowInsecureUrl);
    requireFunction("fetch", options.fetch);
    requireClock(options.clock);
    for (const name of ["refreshSeconds", "floorSeconds", "maximumAgeSeconds"] as const) {
      requireSeconds(name, options[name], 0);
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async find(kid: string): Promise<PublicKey | null> {
    const { refreshSeconds = 300 } = this.#options;
    const known = this.#believed()?.get(kid);
    if (known !== undefined) {
      if (this.#ageSeconds() >= refreshSeconds) void this.#refresh();
      return known;
    }
    await this.#refresh();
    const keys = this.#believed();
    if (keys !== null) return keys.get(kid) ?? null;
    throw new CoatcheckError("keys_unavailable", `No keys could be read from ${this.#options.url}.`, {
      cause: this.#fault,
    });
  }

  #believed(): ReadonlyMap<string, PublicKey> | null {
    const { maximumAgeSeconds = 86_400 } = this.#options;
    return this.#ageSeconds() < maximumAgeSeconds ? this.#keys : null;
  }

  #ageSeconds(): number {
    return (this.#clock.now() - this.#readAt) / 1_000;
  }

  /** Resolves when the fetch under way has ended, in whatever way. Begins one if the last is long enough ago. */
  #refresh(): Promise<void> {
    const { floorSeconds = 10 } = this.#options;
    const now = this.#clock.now();
    if (this.#fetching !== null) return this.#fetching;
    if (now - this.#askedAt < floorSeconds * 1_000) return Promise.resolve();
    this.#askedAt = now;
    this.#fetching = this.#read(now).finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #read(now: number): Promise<void> {
    try {
      const response = await (this.#options.fetch ?? fetch)(this.#options.url, {
        headers: { accept: "application/jwk-set+json, application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MILLISECONDS),
      });
      this.#keys = await importPublicKeys(JSON.parse(await readAnswer(response, MAXIMUM_ANSWER_BYTES)));
      // The time before the request was sent: the answer may be that old.
      this.#readAt = now;
      this.#fault = null;
    } catch (error) {
      // The next `keys_unavailable` reports this fault, if one occurs: until then the keys at hand are valid.
      this.#fault = error;
    }
  }
}
