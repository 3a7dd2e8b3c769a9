/**
 * The keys behind passes and identity tokens: signing keys, when each one signs, how a database keeps them, and where
 * verifiers read the public ones.
 *
 * @module
 */

export { isLoopback } from "../core/loopback.ts";
export { KeyEncryption } from "./key-encryption.ts";
export {
  KeySchedule,
  type KeyState,
  type KeyTimes,
  type RetirementDecision,
  type RotationDecision,
  type ScheduledKey,
} from "./key-schedule.ts";
export { type PublicKeys, RemotePublicKeys, type RemotePublicKeysOptions, StaticPublicKeys } from "./public-keys.ts";
export { type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";
export {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  type SigningKey,
  type SigningKeys,
  signToken,
} from "./signing-key.ts";
