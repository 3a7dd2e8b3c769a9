import { compactVerify } from "jose";
import type { Clock } from "../core/clock.ts";
import type { AccessRefusalCode } from "../errors.ts";
import type { PublicKey } from "../keys/public-key.ts";
import type { PublicKeys } from "../keys/public-keys.ts";
import { parseObject, readCompactToken } from "./compact-token.ts";
import { TOLERATED_CLOCK_DIFFERENCE_SECONDS } from "./token-profile.ts";

/** Claims that a key of the issuer has signed, for this kind of token. Their content is not checked yet. */
export interface SignedClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly key: PublicKey;
}

/**
 * Reads a token of one type with the issuer's keys. The key decides the algorithm, not the token (RFC 8725bis, 3.1).
 *
 * @throws CoatcheckError `keys_unavailable`
 */
export async function readSignedClaims(
  token: string,
  type: string,
  keys: PublicKeys,
  maximumLength?: number,
): Promise<SignedClaims | AccessRefusalCode> {
  const compact = readCompactToken(token, type, maximumLength);
  if (typeof compact === "string") return compact;
  const key = await keys.find(compact.kid);
  if (key === null) return "unknown_key";
  if (key.algorithm !== compact.algorithm) return "wrong_algorithm";
  const claims = await verifiedPayload(token, key);
  if (claims === null) return "wrong_signature";
  const object = parseObject(claims);
  return object === null ? "malformed_token" : { claims: object, key };
}

async function verifiedPayload(token: string, { key, algorithm }: PublicKey): Promise<string | null> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [algorithm] });
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return null;
  }
}

/** Checks the claims that every kind of token has, and returns the reason for a refusal. */
export function refuseCommonClaims(
  { iss, aud, iat, exp, nbf }: Readonly<Record<string, unknown>>,
  expected: { readonly issuer: string; readonly audience: string; readonly clock: Clock },
): AccessRefusalCode | null {
  if (typeof iss !== "string" || typeof aud !== "string" || !isSeconds(iat) || !isSeconds(exp)) return "wrong_claims";
  if (nbf !== undefined && !isSeconds(nbf)) return "wrong_claims";
  if (iss !== expected.issuer) return "wrong_issuer";
  // One audience, as text: several services would accept a token with a list.
  if (aud !== expected.audience) return "wrong_audience";
  const now = expected.clock.now() / 1_000;
  if (exp <= now) return "expired";
  const begins = Math.max(iat, nbf ?? 0);
  return begins > now + TOLERATED_CLOCK_DIFFERENCE_SECONDS ? "not_yet_valid" : null;
}

/** Whole seconds: verifiers read a fraction or a text in different ways. */
function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
