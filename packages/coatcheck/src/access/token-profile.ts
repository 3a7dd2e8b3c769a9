/** The kinds of token that there are: what each holds, and for how long it is good. @module */

/**
 * The three kinds of JWT that coatcheck issues. Each has a `typ`, keys and rules of its own, so that none can be taken
 * for another (RFC 8725bis, 3.11 and 3.12), and none of them is a session.
 */
export const tokenTypes = {
  /** Who is calling, from the gateway to one upstream service (RFC 9068). */
  identity: "at+jwt",
  /** What may be fetched, by whoever holds the URL (a profile of RFC 9246, URI Signing). */
  pass: "coatcheck-pass+jwt",
  /** Whose passes are void, from the gateway to file services. */
  revocations: "coatcheck-revocations+jwt",
} as const;

/** For how long a pass is good, unless its issuer says less. */
export const PASS_LIFETIME_SECONDS = 300;
/** A verifier refuses whatever claims to live longer (OWASP ASVS 5.0, 7.4.1: the bound of what cannot be revoked). */
export const MAXIMUM_PASS_LIFETIME_SECONDS = 600;
/** For how long an identity token is good: a request, and the time that it takes. */
export const IDENTITY_LIFETIME_SECONDS = 60;
/** An identity token is handed out again until it is so old: the rest of its life is for the way of the request. */
export const IDENTITY_REUSE_SECONDS = 30;
/** By how much the clocks of issuer and verifier may differ. Never added to `exp`. */
export const TOLERATED_CLOCK_DIFFERENCE_SECONDS = 60;

/** The claims of a pass. All but the last two are always there, and a verifier that misses one refuses. */
export interface PassClaims {
  /** Who issued it: the public origin. */
  readonly iss: string;
  /** The one file service that it is for. */
  readonly aud: string;
  /** Whole seconds, both of them: Traffic Server takes a text for "never". */
  readonly iat: number;
  /** When it ends; of the session at the latest. */
  readonly exp: number;
  /** What it opens, as `AccessPath` has it in `text`. */
  readonly path: string;
  /** The same scope for verifiers of RFC 9246: a container of one `regex:`. */
  readonly cdniuc: string;
  /** A digest that names the session in a revocation list, and tells nothing of it. */
  readonly session: string;
  /** When it begins to be good, if not at once. */
  readonly nbf?: number;
  /** The one client address that may use it; only our own verifier looks at it. */
  readonly ip?: string;
}

/** The claims of an identity token (RFC 9068, 2.2), with what the upstream is configured to be told. */
export interface IdentityClaims {
  /** Who issued it: the public origin. */
  readonly iss: string;
  /** The one upstream that it is for. */
  readonly aud: string;
  /** The application's id of the user. */
  readonly sub: string;
  /** RFC 9068 asks for one. The user came by the gateway, so it is the same for all. */
  readonly client_id: string;
  /** When it was issued, in whole seconds. */
  readonly iat: number;
  /** When it ends, in whole seconds. */
  readonly exp: number;
  /** Different for each token. */
  readonly jti: string;
  /** The session's public id. */
  readonly sid: string;
  /** When the user last proved who they are; absent if that is not known of this session. */
  readonly auth_time?: number;
  /** How the user proved who they are (RFC 8176). */
  readonly amr: readonly string[];
  /** The user's name, if the upstream is told. */
  readonly name?: string;
  /** The user's email address, if the upstream is told. */
  readonly email?: string;
  /** The user's roles, if the upstream is told. */
  readonly roles?: readonly string[];
}
