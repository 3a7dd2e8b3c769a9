import { BoundedCache } from "../core/bounded-cache.ts";
import { type Clock, systemClock, type Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions, requireWholeNumber } from "../core/known-options.ts";
import { plainAddress } from "../core/plain-address.ts";
import { type AccessRefusalCode, CoatcheckError } from "../errors.ts";
import type { PublicKey } from "../keys/public-key.ts";
import { readSignedClaims, refuseCommonClaims } from "../signed-tokens/signed-claims.ts";
import { tokenTypes } from "../signed-tokens/token-profile.ts";
import { refused, requireVerifierOptions, type Verdict, type VerifierOptions } from "../signed-tokens/verdict.ts";
import { MAXIMUM_PASS_LIFETIME_SECONDS } from "./pass-claims.ts";
import { type AccessPath, readAccessPath, scopeCovers, uriContainerOf } from "./path-scope.ts";
import { isSessionDigest } from "./session-digest.ts";

/** Tells whether the session that a pass came from is known to have ended. */
export interface RevocationCheck {
  check(pass: {
    readonly session: string;
    readonly issuedAt: Timestamp;
  }): "clear" | "session_ended" | "revocations_outdated";
}

/** The issuer and the service whose passes are accepted, and the list that revokes passes. */
export interface PassVerifierOptions extends VerifierOptions {
  /** Without it, passes of an ended session are valid until they expire. */
  readonly revocations?: RevocationCheck;
  /**
   * The number of verified tokens that are remembered, so that the next request with one needs no signature check;
   * 10,000 by default.
   */
  readonly rememberedTokens?: number;
}

/** A pass that was accepted. */
export interface Pass {
  /** The path that the pass opens. One that ends in "/" opens all paths below it. */
  readonly path: string;
  /** When it was issued, to the second. */
  readonly issuedAt: Timestamp;
  /** When it ends. */
  readonly expiresAt: Timestamp;
  /** Names the session in a revocation list, and nothing else. */
  readonly session: string;
}

/** The request that presents a pass. */
export interface PassRequest {
  /** The path that the request asks for, without its query. */
  readonly path: string;
  /** The client's address, behind the proxies that you trust. It is needed only for a pass that names an address. */
  readonly clientAddress?: string | undefined;
}

/** The pass, or the reason why it was refused. */
export type PassVerdict = Verdict<{ readonly pass: Pass }>;

interface VerifiedPass {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scope: AccessPath;
  readonly pass: Pass;
  readonly key: PublicKey;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof PassVerifierOptions>([
  "issuer",
  "audience",
  "keys",
  "clock",
  "revocations",
  "rememberedTokens",
]);

const REMEMBERED_TOKENS = 10_000;

/**
 * PassVerifier decides whether a token opens a path. A file service needs to know nothing else about sessions and
 * users. It calls no other server, except for keys that it has not seen.
 */
export class PassVerifier {
  readonly #options: PassVerifierOptions & { readonly clock: Clock };
  readonly #verified: BoundedCache<VerifiedPass>;

  constructor(options: PassVerifierOptions) {
    refuseUnknownOptions("A PassVerifier", options, OPTIONS);
    requireVerifierOptions(options);
    const { revocations, rememberedTokens = REMEMBERED_TOKENS } = options;
    requireWholeNumber("rememberedTokens", rememberedTokens, Number.MAX_SAFE_INTEGER);
    if (revocations !== undefined && typeof revocations?.check !== "function") {
      const message =
        "revocations has check(), as RemoteRevocations: write new RemoteRevocations({ url, issuer, keys }).";
      throw new CoatcheckError("invalid_configuration", message);
    }
    this.#options = { clock: systemClock, ...options };
    this.#verified = new BoundedCache(rememberedTokens);
  }

  /**
   * Verifies a pass; `token` may be any text. A remembered token skips only the signature check: its times, path,
   * client and revocation are checked each time.
   *
   * @throws CoatcheckError `keys_unavailable`
   */
  async verify(token: string, request: PassRequest): Promise<PassVerdict> {
    const verified = (await this.#remembered(token)) ?? (await this.#read(token));
    if (typeof verified === "string") return refused(verified);
    const { claims, scope, pass } = verified;
    const reason = refuseCommonClaims(claims, this.#options) ?? this.#refuseUse(claims, scope, request);
    if (reason !== null) {
      if (reason === "expired") this.#verified.delete(token);
      return refused(reason);
    }
    const revocation = this.check(pass);
    return revocation === "clear" ? { accepted: true, pass } : refused(revocation);
  }

  /** Whether a pass that was accepted is still valid, for a long download. Calls no other server. */
  check(pass: Pass): "clear" | "expired" | "session_ended" | "revocations_outdated" {
    if (pass.expiresAt <= this.#options.clock.now()) return "expired";
    return this.#options.revocations?.check(pass) ?? "clear";
  }

  /** The number of tokens that are remembered. */
  get rememberedTokens(): number {
    return this.#verified.size;
  }

  async #remembered(token: string): Promise<VerifiedPass | null> {
    const verified = this.#verified.get(token);
    // If an issuer withdraws a key, the passes that it signed are void, too.
    if (verified === undefined || (await this.#options.keys.find(verified.key.kid)) !== verified.key) return null;
    return verified;
  }

  async #read(token: string): Promise<VerifiedPass | AccessRefusalCode> {
    const signed = await readSignedClaims(token, tokenTypes.pass, this.#options.keys);
    if (typeof signed === "string") return signed;
    const { claims, key } = signed;
    const reason = refuseCommonClaims(claims, this.#options);
    if (reason !== null) return reason;

    const { path, cdniuc, session, iat, exp, ip } = claims;
    const scope = typeof path === "string" ? readAccessPath(path) : null;
    const isWhole = scope !== null && scope.text === path && cdniuc === uriContainerOf(scope);
    if (!isWhole || !isSessionDigest(session) || (ip !== undefined && typeof ip !== "string")) return "wrong_claims";
    // The common claims were checked, so both are whole seconds.
    const [issuedAt, expiresAt] = [Number(iat) * 1_000, Number(exp) * 1_000];
    if (expiresAt - issuedAt > MAXIMUM_PASS_LIFETIME_SECONDS * 1_000) return "lives_too_long";
    const verified = { claims, scope, key, pass: { path: scope.text, issuedAt, expiresAt, session } };
    this.#verified.set(token, verified);
    return verified;
  }

  #refuseUse(
    { ip }: Readonly<Record<string, unknown>>,
    scope: AccessPath,
    request: PassRequest,
  ): AccessRefusalCode | null {
    const asked = readAccessPath(request.path);
    if (asked === null || !scopeCovers(scope, asked)) return "wrong_path";
    if (typeof ip !== "string") return null;
    const { clientAddress } = request;
    return clientAddress === undefined || plainAddress(ip) !== plainAddress(clientAddress) ? "wrong_client" : null;
  }
}
