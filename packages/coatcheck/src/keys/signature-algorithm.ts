/**
 * The algorithms that sign tokens. Every verifier at an edge knows ES256; Traffic Server and HAProxy refuse EdDSA; RS256 is
 * for verifiers that know nothing newer.
 */
export type SignatureAlgorithm = "ES256" | "EdDSA" | "RS256";

/** The names of all algorithms. */
export const signatureAlgorithms: readonly SignatureAlgorithm[] = ["ES256", "EdDSA", "RS256"];

/** Whether a text is one of the names: a header may hold any text. */
export function isSignatureAlgorithm(value: unknown): value is SignatureAlgorithm {
  return signatureAlgorithms.some((algorithm) => algorithm === value);
}

/** Web Crypto's names. They bind a public key to the one algorithm that it may be used with. */
export const keyParameters: Readonly<Record<SignatureAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  ES256: { kty: "EC", crv: "P-256" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
  RS256: { kty: "RSA" },
};
