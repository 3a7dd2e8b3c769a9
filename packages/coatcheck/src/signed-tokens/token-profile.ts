/**
 * The three kinds of JWT that coatcheck issues. Each has its own `typ`, keys and rules, so that none can be taken for
 * another (RFC 8725bis, 3.11 and 3.12), and none of them is a session.
 */
export const tokenTypes = {
  /** Tells one upstream service which user is calling; from the gateway (RFC 9068). */
  identity: "at+jwt",
  /** Names a path that the bearer of the URL may fetch (a profile of RFC 9246, URI Signing). */
  pass: "coatcheck-pass+jwt",
  /** Tells file services which passes are void; from the gateway. */
  revocations: "coatcheck-revocations+jwt",
} as const;

/** The greatest difference between the clocks of issuer and verifier. It is never added to `exp`. */
export const TOLERATED_CLOCK_DIFFERENCE_SECONDS = 60;
