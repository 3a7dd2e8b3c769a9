import { type Clock, systemClock, type Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions } from "../core/known-options.ts";
import { readSignedClaims, refuseCommonClaims } from "../signed-tokens/signed-claims.ts";
import { tokenTypes } from "../signed-tokens/token-profile.ts";
import { refused, requireVerifierOptions, type Verdict, type VerifierOptions } from "../signed-tokens/verdict.ts";

/**
 * The user that is calling, according to the gateway. `issuer` and `userId` together name a user (OWASP ASVS 5.0,
 * 10.3.3).
 */
export interface Identity {
  /** The issuer of the token: the `iss` that the verifier was configured to believe. */
  readonly issuer: string;
  /** The application's id of the user. */
  readonly userId: string;
  /** The session's public id, for logs and revoke calls. */
  readonly sessionId: string;
  /** The user's name; null if this service does not get it. */
  readonly name: string | null;
  /** The user's email address; null if this service does not get it. */
  readonly email: string | null;
  /** The user's roles; empty if this service does not get them. */
  readonly roles: readonly string[];
  /** When the user last proved who they are; null if that is not known. */
  readonly authenticatedAt: Timestamp | null;
  /** When the token ends, which is soon: verify again at the next request, not during this one. */
  readonly expiresAt: Timestamp;
}

/** The user that is calling, or the reason why the token was refused. */
export type IdentityVerdict = Verdict<{ readonly identity: Identity }>;

const OPTIONS: ReadonlySet<string> = new Set<keyof VerifierOptions>(["issuer", "audience", "keys", "clock"]);

/**
 * IdentityVerifier tells an upstream service who is calling. A request without a valid token did not come through the
 * gateway.
 */
export class IdentityVerifier {
  readonly #options: VerifierOptions & { readonly clock: Clock };

  constructor(options: VerifierOptions) {
    refuseUnknownOptions("An IdentityVerifier", options, OPTIONS);
    requireVerifierOptions(options);
    this.#options = { clock: systemClock, ...options };
  }

  /**
   * Reads an `Authorization` header: "Bearer" and an identity token.
   *
   * @throws CoatcheckError `keys_unavailable`
   */
  async verifyAuthorization(header: string | null | undefined): Promise<IdentityVerdict> {
    const [, token] = /^Bearer +([^ ]+) *$/i.exec(header ?? "") ?? [];
    return token === undefined ? refused("malformed_token") : this.verify(token);
  }

  /**
   * Tells which user is calling; `token` may be any text.
   *
   * @throws CoatcheckError `keys_unavailable`
   */
  async verify(token: string): Promise<IdentityVerdict> {
    const signed = await readSignedClaims(token, tokenTypes.identity, this.#options.keys);
    if (typeof signed === "string") return refused(signed);
    const { claims } = signed;
    const reason = refuseCommonClaims(claims, this.#options);
    if (reason !== null) return refused(reason);

    const { sub, client_id, jti, sid, auth_time, name = null, email = null, roles = [] } = claims;
    const texts = [sub, client_id, jti, sid].every((value) => typeof value === "string" && value !== "");
    const facts = [name, email].every((value) => value === null || typeof value === "string");
    const isList = Array.isArray(roles) && roles.every((role) => typeof role === "string");
    const isTime = auth_time === undefined || Number.isSafeInteger(auth_time);
    if (!texts || !facts || !isList || !isTime) return refused("wrong_claims");
    const identity = {
      issuer: this.#options.issuer,
      userId: sub as string,
      sessionId: sid as string,
      name: name as string | null,
      email: email as string | null,
      roles: roles as readonly string[],
      authenticatedAt: auth_time === undefined ? null : Number(auth_time) * 1_000,
      expiresAt: Number(claims.exp) * 1_000,
    };
    return { accepted: true, identity };
  }
}
