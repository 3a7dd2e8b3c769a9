/** How long an identity token is valid: for one request, and the time that the request takes. */
export const IDENTITY_LIFETIME_SECONDS = 60;
/** An issued identity token is reused until this age: the rest of its life is for the request's way to the service. */
export const IDENTITY_REUSE_SECONDS = 30;

/** The claims of an identity token (RFC 9068, 2.2), with the facts that the upstream is configured to get. */
export interface IdentityClaims {
  /** The issuer: the public origin of the gateway. */
  readonly iss: string;
  /** The one upstream that the token is for. */
  readonly aud: string;
  /** The application's id of the user. */
  readonly sub: string;
  /** The client, which RFC 9068 requires. Every user comes through the gateway, so it is the same for all. */
  readonly client_id: string;
  /** When it was issued, in whole seconds. */
  readonly iat: number;
  /** When it ends, in whole seconds. */
  readonly exp: number;
  /** Different for each token. */
  readonly jti: string;
  /** The session's public id. */
  readonly sid: string;
  /** When the user last proved who they are; absent if that is unknown for this session. */
  readonly auth_time?: number;
  /** How the user proved who they are (RFC 8176). */
  readonly amr: readonly string[];
  /** The user's name, if the upstream gets it. */
  readonly name?: string;
  /** The user's email address, if the upstream gets it. */
  readonly email?: string;
  /** The user's roles, if the upstream gets them. */
  readonly roles?: readonly string[];
}
