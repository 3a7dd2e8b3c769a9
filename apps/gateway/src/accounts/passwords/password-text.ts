/** NIST SP 800-63B-4, 3.1.1.2: the minimum for a password that is the only factor. Counted in code points. */
export const MINIMUM_PASSWORD_LENGTH = 15;

/** Longer ones are refused before they are hashed, so that no client can make the server hash megabytes. */
export const MAXIMUM_PASSWORD_BYTES = 1_024;

const LONE_SURROGATE = /\p{Surrogate}/u;

export type ReadPassword =
  | { readonly outcome: "readable"; readonly text: string }
  | { readonly outcome: "too_long" }
  /**
   * A lone surrogate. In UTF-8 each becomes the same replacement character, so two different passwords would be the
   * same.
   */
  | { readonly outcome: "malformed" };

/**
 * The password as it is hashed: in Unicode NFC, and otherwise exactly as it was received. Nothing is trimmed, folded or
 * cut (OWASP ASVS 5.0, 6.2.8). NFC is the one change that NIST SP 800-63B-4, 3.1.1.2 asks for: keyboards send "é" as
 * one code point or as two, and the owner must get in from both.
 */
export function readPassword(received: string): ReadPassword {
  if (received.length > MAXIMUM_PASSWORD_BYTES) return { outcome: "too_long" };
  if (LONE_SURROGATE.test(received)) return { outcome: "malformed" };
  const text = received.normalize("NFC");
  return Buffer.byteLength(text) > MAXIMUM_PASSWORD_BYTES ? { outcome: "too_long" } : { outcome: "readable", text };
}
