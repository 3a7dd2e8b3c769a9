/**
 * What tokens may be signed with. ES256 is what every verifier at an edge knows; EdDSA is refused by Traffic Server and
 * HAProxy; RS256 is for verifiers that know nothing newer.
 */
export type SignatureAlgorithm = "ES256" | "EdDSA" | "RS256";

/** All of them. */
export const signatureAlgorithms: readonly SignatureAlgorithm[] = ["ES256", "EdDSA", "RS256"];

/** Whether it is one of them: what stands in a header may be anything. */
export function isSignatureAlgorithm(value: unknown): value is SignatureAlgorithm {
  return signatureAlgorithms.some((algorithm) => algorithm === value);
}

/** Web Crypto's names for them, by which a public key is bound to the one algorithm it may be used with. */
export const keyParameters: Readonly<Record<SignatureAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  ES256: { kty: "EC", crv: "P-256" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
  RS256: { kty: "RSA" },
};
