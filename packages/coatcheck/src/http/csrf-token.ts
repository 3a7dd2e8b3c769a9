import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const MAC_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{86}$/;

/**
 * A token for an HTML form of this session: HMAC-SHA-256 under the session's own key, hidden under a new random mask
 * each time, so that compression of the page (BREACH) reveals nothing of it. It belongs to the session: it becomes
 * invalid with the session, and is invalid in any other (NIST SP 800-63B-4, 5.1; OWASP CSRF cheat sheet).
 */
export function issueCsrfToken(csrfKey: string): string {
  const mask = randomBytes(MAC_BYTES);
  return Buffer.concat([mask, combine(mask, macOf(csrfKey))]).toString("base64url");
}

/** Whether `token` was issued under this key. Anything may be passed; comparison takes constant time. */
export function isCsrfTokenValid(csrfKey: string, token: string): boolean {
  // A form may send a list of one token, which a pattern would read as its text.
  if (typeof token !== "string" || !TOKEN.test(token)) return false;
  const bytes = Buffer.from(token, "base64url");
  const mac = combine(bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES));
  return timingSafeEqual(mac, macOf(csrfKey));
}

function macOf(csrfKey: string): Buffer {
  return createHmac("sha256", Buffer.from(csrfKey, "base64url")).update("coatcheck csrf token v1").digest();
}

function combine(mask: Buffer, bytes: Buffer): Buffer {
  return Buffer.from(mask.map((byte, index) => byte ^ (bytes[index] ?? 0)));
}
