/**
 * Passes: signed URLs that open a file on another server for a few minutes. The application issues them from a live
 * session; the file service verifies them and reads from a signed list which sessions have ended.
 *
 * @module
 */

export { type AccessRefusalCode, accessRefusalCodes } from "../errors.ts";
export type { IssueResult, IssuerOptions } from "../signed-tokens/issuance.ts";
export { TOLERATED_CLOCK_DIFFERENCE_SECONDS } from "../signed-tokens/token-profile.ts";
export { MAXIMUM_PASS_LIFETIME_SECONDS, PASS_LIFETIME_SECONDS, type PassClaims } from "./pass-claims.ts";
export { PassIssuer, type PassOptions } from "./pass-issuer.ts";
export {
  type Pass,
  type PassRequest,
  type PassVerdict,
  PassVerifier,
  type PassVerifierOptions,
  type RevocationCheck,
} from "./pass-verifier.ts";
export { type AccessPath, readAccessPath, requireAccessPath, scopeCovers, uriContainerOf } from "./path-scope.ts";
export { RemoteRevocations, type RemoteRevocationsOptions } from "./remote-revocations.ts";
export { type RenewablePass, type RenewalOptions, readRenewablePass } from "./renewal.ts";
export {
  type RevocationFacts,
  type RevocationList,
  type RevocationListOptions,
  readRevocationList,
  signRevocationList,
} from "./revocation-list.ts";
export { sessionDigestOf } from "./session-digest.ts";
