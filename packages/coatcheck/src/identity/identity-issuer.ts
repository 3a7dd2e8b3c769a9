import { randomUUID } from "node:crypto";
import { type Awaitable, after } from "../core/awaitable.ts";
import { BoundedCache } from "../core/bounded-cache.ts";
import { systemClock, type Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions, requireText } from "../core/known-options.ts";
import { Authentication } from "../core/session.ts";
import { type SigningKey, signToken } from "../keys/signing-key.ts";
import { type IssueResult, type IssuerOptions, requireIssuerOptions, spanOf } from "../signed-tokens/issuance.ts";
import { tokenTypes } from "../signed-tokens/token-profile.ts";
import { IDENTITY_LIFETIME_SECONDS, IDENTITY_REUSE_SECONDS, type IdentityClaims } from "./identity-claims.ts";

/** The facts about a user that an upstream service gets besides the id. */
export interface UserFacts {
  readonly name?: string;
  readonly email?: string;
  readonly roles?: readonly string[];
}

/** The facts from which a token was made, without the session and the upstream. */
interface TokenBasis {
  readonly kid: string;
  /** The version of the session's record, which every change replaces. */
  readonly version: number;
  readonly authenticatedAt: Timestamp | null;
  readonly user: UserFacts;
}

interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Timestamp;
  readonly issuedAt: Timestamp;
  readonly basis: TokenBasis;
}

const FACTS: ReadonlySet<string> = new Set<keyof UserFacts>(["name", "email", "roles"]);

const CLIENT_ID = "coatcheck";
const MAXIMUM_KEPT_TOKENS = 10_000;

/** IdentityIssuer tells one upstream service who is calling, for a minute. */
export class IdentityIssuer {
  readonly #options: Required<IssuerOptions>;
  /** The last token of each session and upstream. */
  readonly #issued: BoundedCache<IssuedToken>;

  constructor(options: IssuerOptions) {
    requireIssuerOptions(options);
    this.#options = { clock: systemClock, ...options };
    this.#issued = new BoundedCache(MAXIMUM_KEPT_TOKENS);
  }

  /**
   * Issues a token. For half a minute, the same state of a session, upstream, facts and key give the same token,
   * without a promise if the key is at hand.
   *
   * @throws CoatcheckError `keys_unavailable`
   */
  issue(authentication: Authentication, audience: string, user: UserFacts = {}): Awaitable<IssueResult> {
    try {
      requireText("audience", audience, "https://service.example");
      return after(this.#options.keys.current(), (key) => this.#issueBy(key, authentication, audience, user));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #issueBy(key: SigningKey, authentication: Authentication, audience: string, user: UserFacts): Awaitable<IssueResult> {
    const now = this.#options.clock.now();
    const { record } = Authentication.secretOf(authentication);
    const { authenticatedAt, session } = authentication;
    const basis: TokenBasis = { kid: key.kid, version: record.version, authenticatedAt, user };
    const name = `${session.id} ${audience}`;
    const kept = this.#issued.get(name);
    if (kept !== undefined && isReusable(kept, basis, now)) {
      return { outcome: "issued", token: kept.token, expiresAt: kept.expiresAt };
    }
    const span = spanOf(authentication, IDENTITY_LIFETIME_SECONDS, now, { allowsGrace: true });
    if (typeof span === "string") return { outcome: "refused", reason: span };

    // An option of another name would become a claim, such as one that names the user.
    refuseUnknownOptions("The user of an identity token", user, FACTS);
    const claims: IdentityClaims = {
      iss: this.#options.issuer,
      aud: audience,
      sub: session.userId,
      client_id: CLIENT_ID,
      ...span,
      jti: randomUUID(),
      sid: session.id,
      ...(authenticatedAt === null ? {} : { auth_time: Math.floor(authenticatedAt / 1_000) }),
      amr: session.methods,
      ...user,
    };
    return this.#sign(key, claims, (issued) => this.#issued.set(name, { ...issued, issuedAt: now, basis }));
  }

  async #sign(
    key: SigningKey,
    claims: IdentityClaims,
    keep: (issued: Pick<IssuedToken, "token" | "expiresAt">) => void,
  ): Promise<IssueResult> {
    const token = await signToken(key, tokenTypes.identity, claims);
    const issued = { token, expiresAt: claims.exp * 1_000 };
    keep(issued);
    return { outcome: "issued", ...issued };
  }
}

/** The key counts too: a token that a replaced key signed must not be reused. */
function isReusable({ issuedAt, basis: kept }: IssuedToken, basis: TokenBasis, now: Timestamp): boolean {
  if (now < issuedAt || now - issuedAt >= IDENTITY_REUSE_SECONDS * 1_000) return false;
  return (
    kept.kid === basis.kid &&
    kept.version === basis.version &&
    kept.authenticatedAt === basis.authenticatedAt &&
    saysTheSame(kept.user, basis.user)
  );
}

function saysTheSame(first: UserFacts, second: UserFacts): boolean {
  const [roles, others] = [first.roles ?? [], second.roles ?? []];
  const hasSameRoles = roles.length === others.length && roles.every((role, index) => role === others[index]);
  return hasSameRoles && first.name === second.name && first.email === second.email;
}
