/**
 * Identity tokens: they tell a service behind the gateway which user is calling. The gateway issues one per request and
 * service, good for a minute; the service verifies it with the gateway's public keys.
 *
 * @module
 */

export type { AccessRefusalCode } from "../errors.ts";
export type { IssueResult, IssuerOptions } from "../signed-tokens/issuance.ts";
export { IDENTITY_LIFETIME_SECONDS, IDENTITY_REUSE_SECONDS, type IdentityClaims } from "./identity-claims.ts";
export { IdentityIssuer, type UserFacts } from "./identity-issuer.ts";
export { type Identity, type IdentityVerdict, IdentityVerifier } from "./identity-verifier.ts";
