import { hash } from "node:crypto";

/**
 * SHA-256 of `text` as 43 base64url characters. No salt and no stretching: every text that is digested here has at
 * least 72 random bits, and a fast digest keeps every request cheap (OWASP ASVS 5.0, 6.5.2).
 */
export function digestOf(text: string): string {
  return hash("sha256", text, "base64url");
}

/**
 * Compares two digests to their end, wherever they differ (OWASP ASVS 5.0, 11.2.4). A loop, because `timingSafeEqual` takes
 * buffers, and to make two costs more than all the rest. A digest that a client chose by its time is of no use to it.
 */
export function digestsMatch(first: string, second: string): boolean {
  if (first.length !== second.length) return false;
  let difference = 0;
  for (let index = 0; index < first.length; index++) difference |= first.charCodeAt(index) ^ second.charCodeAt(index);
  return difference === 0;
}
