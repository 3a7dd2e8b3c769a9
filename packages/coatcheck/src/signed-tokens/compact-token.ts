import type { AccessRefusalCode } from "../errors.ts";
import { isSignatureAlgorithm, type SignatureAlgorithm } from "../keys/signature-algorithm.ts";

/** The parts of a token before its signature was checked. */
export interface CompactToken {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
}

const MAXIMUM_TOKEN_LENGTH = 8_192;
/** Exactly three parts of base64url: neither JSON serialisation, nor encryption, nor padding (RFC 8725bis, 3.14). */
const COMPACT = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const HEADER_MEMBERS: ReadonlySet<string> = new Set(["alg", "kid", "typ"]);

/**
 * Reads the header of a token, which only decides which of the verifier's own keys is tried. A header with any other
 * member (`jwk`, `jku`, `x5u`, `crit`, `b64`, `zip`) is refused: coatcheck's issuers write none of them, and each has
 * led some verifier to trust the token's own claims about its key (RFC 8725bis, 3.10).
 */
export function readCompactToken(
  token: string,
  type: string,
  maximumLength = MAXIMUM_TOKEN_LENGTH,
): CompactToken | AccessRefusalCode {
  if (token.length > maximumLength) return "malformed_token";
  const [, encoded] = COMPACT.exec(token) ?? [];
  if (encoded === undefined) return "malformed_token";
  const header = parseObject(Buffer.from(encoded, "base64url").toString());
  if (header === null) return "malformed_token";
  if (Object.keys(header).some((name) => !HEADER_MEMBERS.has(name))) return "unexpected_header";

  const { alg, kid, typ } = header;
  if (typ !== type) return "wrong_type";
  if (!isSignatureAlgorithm(alg)) return "wrong_algorithm";
  if (typeof kid !== "string") return "unknown_key";
  return { kid, algorithm: alg };
}

/**
 * The claims set if the text is a JSON object, otherwise null (RFC 7519, 7.2). Of two members of one name the last
 * counts.
 */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
