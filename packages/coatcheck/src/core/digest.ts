import { hash, timingSafeEqual } from "node:crypto";

/**
 * SHA-256 of `text` as 43 base64url characters. No salt and no stretching: every text that is digested here has at
 * least 72 random bits, and a fast digest keeps every request cheap (OWASP ASVS 5.0, 6.5.2).
 */
export function digestOf(text: string): string {
  return hash("sha256", text, "base64url");
}

/** Compares two digests in a time that does not depend on where they differ (OWASP ASVS 5.0, 11.2.4). */
export function digestsMatch(first: string, second: string): boolean {
  return first.length === second.length && timingSafeEqual(Buffer.from(first), Buffer.from(second));
}
