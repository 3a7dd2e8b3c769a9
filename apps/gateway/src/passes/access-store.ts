import type { Timestamp } from "coatcheck";
import type { ScheduledKey } from "coatcheck/keys";
import type { RevocationFacts } from "coatcheck/passes";

/** Identity tokens and passes are signed by different keys: what one leaks, the other cannot lose. */
export type KeyPurpose = "identity" | "passes";

export const keyPurposes: readonly KeyPurpose[] = ["identity", "passes"];

export interface StoredKey extends ScheduledKey {
  readonly purpose: KeyPurpose;
  /** A private JSON Web Key, or a JWE of one. */
  readonly privateKey: string;
  readonly isEncrypted: boolean;
  /** JSON, as it is published. */
  readonly publicJwk: string;
}

/**
 * AccessStore keeps what signed access needs, beside the accounts: signing keys, which sessions may have passes, and
 * which of them have ended.
 *
 * For all methods:
 * - Each call is atomic, against other calls in this process and in any other on the same database.
 * - What was acknowledged survives a power cut.
 * - A rejection is a fault, with code `accounts_unavailable`; the call may or may not have taken effect.
 */
export interface AccessStore {
  /** The keys of one purpose, in no particular order. */
  listKeys(purpose: KeyPurpose): Promise<readonly StoredKey[]>;

  /**
   * Adds a key, if the keys of its purpose are still exactly those of `expectedKids`: else false, and nothing changed.
   * Of two who rotate at once, one does.
   */
  addKey(key: StoredKey, expectedKids: readonly string[]): Promise<boolean>;

  /** False when there is none of that id. */
  removeKey(kid: string): Promise<boolean>;

  /** Notes, before a pass is handed out, that the session may have passes until then. The latest time counts. */
  notePasses(sessionDigest: string, expiresAt: Timestamp): Promise<void>;

  /**
   * Notes that these sessions are ending, before they do. `sequence` grows unless all of them were noted before. Kept
   * until `expiresAt`, whether passes are known or not: one may be on its way to `notePasses`.
   */
  noteEnding(sessionDigests: readonly string[], expiresAt: Timestamp): Promise<void>;

  /** Voids every pass of every user that was issued before `time`. The time never goes back. */
  voidPassesBefore(time: Timestamp): Promise<void>;

  /** What a revocation list has to say: of the sessions that are ending or have, those that may have passes left. */
  readRevocations(): Promise<RevocationFacts>;

  /** Removes what is past its time, at most `limit` of each kind; returns how many of the kind that had the most. */
  removeExpired(limit: number): Promise<number>;
}
