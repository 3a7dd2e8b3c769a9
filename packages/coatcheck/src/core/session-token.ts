import { hash, randomBytes } from "node:crypto";

declare const sessionToken: unique symbol;

/**
 * The content of the cookie: 48 bytes as exactly 64 base64url characters,
 *
 *     userKey (20) | sessionId (12) | lineage (12) | nonce (20)
 *
 * Every part is a multiple of three bytes, so it is a plain slice of the text and has one spelling only. The first two
 * name the session; the last two are the secret, 192 random bits. `lineage` stays for the life of the session and
 * `nonce` changes with each rotation, which distinguishes a replaced secret from a made-up one.
 */
export type SessionToken = string & { readonly [sessionToken]: true };

export interface TokenParts {
  readonly userKey: string;
  readonly sessionId: string;
  readonly lineage: string;
  /** `lineage` and `nonce` together. */
  readonly secret: string;
}

const TOKEN = /^[A-Za-z0-9_-]{64}$/;
const SESSION_ID = /^[A-Za-z0-9_-]{12}$/;

/** The parts of a token. Null for a text that cannot be a token, which is refused before the store is asked. */
export function parseToken(text: string): TokenParts | null {
  return TOKEN.test(text) ? partsOf(text as SessionToken) : null;
}

/** Whether a session can have this id. Check an id from outside with this before a store sees it. */
export function isSessionId(text: unknown): text is string {
  return typeof text === "string" && SESSION_ID.test(text);
}

export function partsOf(token: SessionToken): TokenParts {
  return {
    userKey: token.slice(0, 20),
    sessionId: token.slice(20, 32),
    lineage: token.slice(32, 44),
    secret: token.slice(32),
  };
}

/** A token for a new session of the user: new id, lineage and nonce from the CSPRNG. */
export function mintToken(userKey: string): SessionToken {
  return (userKey + randomBytes(33).toString("base64url")) as SessionToken;
}

/** The next token of the same session: same id and lineage, new nonce. */
export function rotateToken(parts: TokenParts): SessionToken {
  return (parts.userKey + parts.sessionId + parts.lineage + randomBytes(15).toString("base64url")) as SessionToken;
}

/**
 * SHA-256 of `text` as 43 base64url characters. No salt and no stretching: every text that is digested here has at
 * least 72 random bits, and a fast digest keeps every request cheap (OWASP ASVS 5.0, 6.5.2).
 */
export function digestOf(text: string): string {
  return hash("sha256", text, "base64url");
}

/**
 * Compares two digests to their end, wherever they differ (OWASP ASVS 5.0, 11.2.4). A loop, because `timingSafeEqual`
 * takes buffers, and making two of them costs more than all the rest. Even a client that found a digest by timing could
 * do nothing with it.
 */
export function digestsMatch(first: string, second: string): boolean {
  if (first.length !== second.length) return false;
  let difference = 0;
  for (let index = 0; index < first.length; index++) difference |= first.charCodeAt(index) ^ second.charCodeAt(index);
  return difference === 0;
}
