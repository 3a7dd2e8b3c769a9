/** How long a pass is valid, unless its issuer says less. */
export const PASS_LIFETIME_SECONDS = 300;
/**
 * A verifier refuses a pass that claims a longer life (OWASP ASVS 5.0, 7.4.1: the limit for anything that cannot be
 * revoked).
 */
export const MAXIMUM_PASS_LIFETIME_SECONDS = 600;

/** The claims of a pass. All but the last two are always there, and a verifier that misses one refuses. */
export interface PassClaims {
  /** The issuer: the public origin of the application. */
  readonly iss: string;
  /** The one file service that the pass is for. */
  readonly aud: string;
  /** The time of issue. This and `exp` are whole seconds: Traffic Server takes a text for "never". */
  readonly iat: number;
  /** The end of the pass, which is no later than that of its session. */
  readonly exp: number;
  /** The path that the pass opens, in the spelling of `AccessPath.text`. */
  readonly path: string;
  /** The same scope for verifiers of RFC 9246: a container of one `regex:`. */
  readonly cdniuc: string;
  /** A digest that names the session in a revocation list, and reveals nothing about it. */
  readonly session: string;
  /** The time from which the pass is valid, if that is not at once. */
  readonly nbf?: number;
  /** The one client address that may use the pass. Only coatcheck's own verifier checks it. */
  readonly ip?: string;
}
