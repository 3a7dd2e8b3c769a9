/** For how long a pass is good, unless its issuer says less. */
export const PASS_LIFETIME_SECONDS = 300;
/** A verifier refuses whatever claims to live longer (OWASP ASVS 5.0, 7.4.1: the bound of what cannot be revoked). */
export const MAXIMUM_PASS_LIFETIME_SECONDS = 600;

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
