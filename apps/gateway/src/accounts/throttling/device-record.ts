import { createHash } from "node:crypto";
import type { Timestamp } from "coatcheck";
import { KNOWN_DEVICE_LIFETIME_SECONDS, type KnownDevice } from "./known-devices.ts";

const LIFETIME_MILLISECONDS = KNOWN_DEVICE_LIFETIME_SECONDS * 1_000;

/**
 * The stored form of a token. Plain SHA-256 is enough: the token has 256 random bits of its own (OWASP ASVS 5.0,
 * 6.5.2).
 */
export function deviceDigest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

export function deviceExpiry(issuedAt: Timestamp): Timestamp {
  return issuedAt + LIFETIME_MILLISECONDS;
}

/** The device of a stored digest; null once it has expired, even if it was not removed yet. */
export function deviceOf(digest: string, expiresAt: Timestamp, now: Timestamp): KnownDevice | null {
  const remaining = expiresAt - now;
  return remaining <= 0 ? null : { id: digest, renewalDue: remaining <= LIFETIME_MILLISECONDS / 2 };
}
