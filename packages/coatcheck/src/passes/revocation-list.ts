import type { Timestamp } from "../core/clock.ts";
import type { AccessRefusalCode } from "../errors.ts";
import { type SigningKeys, signToken } from "../keys/signing-key.ts";
import { readSignedClaims, refuseCommonClaims } from "../signed-tokens/signed-claims.ts";
import { tokenTypes } from "../signed-tokens/token-profile.ts";
import type { VerifierOptions } from "../signed-tokens/verdict.ts";
import { isSessionDigest } from "./session-digest.ts";

/** The facts of a list: the passes that are void although they have not expired. */
export interface RevocationFacts {
  /** A number that grows with every revocation and never shrinks. It tells an older list from a newer one. */
  readonly sequence: number;
  /** Every pass that was issued before this time is void, for every user; 0 for none. */
  readonly issuedBefore: Timestamp;
  /** Digests of ended sessions that may have passes left (`sessionDigestOf`). */
  readonly sessions: readonly string[];
}

/** A signed list, as read. */
export interface RevocationList extends RevocationFacts {
  /** The time of the signature, to the second. */
  readonly issuedAt: Timestamp;
}

/** The issuer of a list, and its keys. */
export interface RevocationListOptions {
  /** The `iss` of its passes. */
  readonly issuer: string;
  /** The keys that sign passes. */
  readonly keys: SigningKeys;
}

/** How long any cache may keep a list; a file service requires a much younger one (`RemoteRevocations`). */
const LIST_LIFETIME_SECONDS = 60;
/** Lists are for every verifier of this issuer's passes. */
const LIST_AUDIENCE = "revocations";

/**
 * Signs a list of these facts, as of `now`.
 *
 * @throws CoatcheckError `keys_unavailable`
 */
export async function signRevocationList(
  facts: RevocationFacts,
  { issuer, keys }: RevocationListOptions,
  now: Timestamp,
): Promise<string> {
  const iat = Math.floor(now / 1_000);
  const span = { iat, exp: iat + LIST_LIFETIME_SECONDS };
  const claims = { iss: issuer, aud: LIST_AUDIENCE, ...span, ...facts };
  return signToken(await keys.current(), tokenTypes.revocations, claims);
}

/**
 * Reads a list from any source, such as a cache: the issuer's signature protects it.
 *
 * @throws CoatcheckError `keys_unavailable`
 */
export async function readRevocationList(
  token: string,
  { issuer, keys, clock }: Omit<Required<VerifierOptions>, "audience">,
): Promise<RevocationList | AccessRefusalCode> {
  const signed = await readSignedClaims(token, tokenTypes.revocations, keys, MAXIMUM_LIST_LENGTH);
  if (typeof signed === "string") return signed;
  const { claims } = signed;
  const reason = refuseCommonClaims(claims, { issuer, audience: LIST_AUDIENCE, clock });
  if (reason !== null) return reason;
  const { iat, sequence, issuedBefore, sessions } = claims;
  const isWhole =
    isCount(sequence) && isCount(issuedBefore) && Array.isArray(sessions) && sessions.every(isSessionDigest);
  return isWhole ? { sequence, issuedBefore, sessions, issuedAt: Number(iat) * 1_000 } : "wrong_claims";
}

/** Enough for some hundred thousand sessions that ended within ten minutes, each with a pass. */
export const MAXIMUM_LIST_LENGTH = 4_194_304;

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
