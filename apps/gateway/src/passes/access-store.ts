import type { Timestamp } from "coatcheck";
import type { ScheduledKey } from "coatcheck/keys";
import type { RevocationFacts } from "coatcheck/passes";

/**
 * Identity tokens and passes are signed by different keys, so that a leaked key of one purpose does not affect the
 * other.
 */
export type KeyPurpose = "identity" | "passes";

export const keyPurposes: readonly KeyPurpose[] = ["identity", "passes"];

export interface StoredKey extends ScheduledKey {
  readonly purpose: KeyPurpose;
  /** A private JSON Web Key, or a JWE of one. */
  readonly privateKey: string;
  readonly isEncrypted: boolean;
  /** JSON, as the gateway publishes it. */
  readonly publicJwk: string;
}

/**
 * AccessStore keeps the data for signed access, beside the accounts: signing keys, the sessions that may have passes,
 * and the sessions among them that have ended.
 *
 * For all methods:
 * - Each call is atomic, against other calls in this process and in any other on the same database.
 * - A change that was acknowledged survives a power cut.
 * - A rejection is a fault, with code `accounts_unavailable`; the call may or may not have taken effect.
 */
export interface AccessStore {
  /** The keys of one purpose, in no particular order. */
  listKeys(purpose: KeyPurpose): Promise<readonly StoredKey[]>;

  /**
   * Adds a key if the keys of its purpose are still exactly those of `expectedKids`; otherwise changes nothing and
   * returns false. If two callers rotate at once, one succeeds.
   */
  addKey(key: StoredKey, expectedKids: readonly string[]): Promise<boolean>;

  /** False if there is no key of that id. */
  removeKey(kid: string): Promise<boolean>;

  /** Notes, before a pass is handed out, that the session may have passes until then. The latest time counts. */
  notePasses(sessionDigest: string, expiresAt: Timestamp): Promise<void>;

  /**
   * Notes that these sessions are ending, before they end. `sequence` grows unless all of them were noted before. The
   * note is kept until `expiresAt` even for sessions without known passes: a pass may be on its way to `notePasses`.
   */
  noteEnding(sessionDigests: readonly string[], expiresAt: Timestamp): Promise<void>;

  /** Voids every pass of every user that was issued before `time`. The time never goes back. */
  voidPassesBefore(time: Timestamp): Promise<void>;

  /** The content of a revocation list: the sessions that are ending or have ended, and may have passes left. */
  readRevocations(): Promise<RevocationFacts>;

  /** Removes expired rows, at most `limit` of each kind. Returns the largest number of one kind. */
  removeExpired(limit: number): Promise<number>;
}
