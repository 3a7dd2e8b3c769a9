import { systemClock, type Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions, requireText } from "../core/known-options.ts";
import type { Authentication } from "../core/session.ts";
import { CoatcheckError } from "../errors.ts";
import { signToken } from "../keys/signing-key.ts";
import { type IssueResult, type IssuerOptions, requireIssuerOptions, spanOf } from "../signed-tokens/issuance.ts";
import { tokenTypes } from "../signed-tokens/token-profile.ts";
import { MAXIMUM_PASS_LIFETIME_SECONDS, PASS_LIFETIME_SECONDS, type PassClaims } from "./pass-claims.ts";
import { requireAccessPath, uriContainerOf } from "./path-scope.ts";
import { sessionDigestOf } from "./session-digest.ts";

/** The path that a pass opens, the service that serves it, and the time limits. */
export interface PassOptions {
  /** The file service that the pass is for, exactly as it names itself. */
  readonly audience: string;
  /** The path that the pass opens. One that ends in "/" opens all paths below it. */
  readonly path: string;
  /** The life of the pass: at most 600, and 300 by default. It ends no later than the session. */
  readonly lifetimeSeconds?: number;
  /** The time from which the pass is valid; at once by default. */
  readonly notBefore?: Timestamp;
  /**
   * The one client address that may use the pass, as coatcheck's own verifier sees it; other verifiers ignore it. By
   * default any may.
   */
  readonly clientAddress?: string;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof PassOptions>([
  "audience",
  "path",
  "lifetimeSeconds",
  "notBefore",
  "clientAddress",
]);

/** PassIssuer turns a live session into passes: URLs that open one file, or the files below one path, for minutes. */
export class PassIssuer {
  readonly #options: Required<IssuerOptions>;

  constructor(options: IssuerOptions) {
    requireIssuerOptions(options);
    this.#options = { clock: systemClock, ...options };
  }

  /**
   * Issues a pass to the holder of this session. `authentication` has to be that of the present request, so that the
   * session is known to be alive.
   *
   * @throws CoatcheckError `invalid_access_path`, `invalid_configuration` for an invalid lifetime, `keys_unavailable`
   */
  async issue(authentication: Authentication, options: PassOptions): Promise<IssueResult> {
    refuseUnknownOptions("A pass", options, OPTIONS);
    requireText("audience", options.audience, "https://files.example");
    const { lifetimeSeconds = PASS_LIFETIME_SECONDS, audience, notBefore, clientAddress } = options;
    if (!(lifetimeSeconds >= 1 && lifetimeSeconds <= MAXIMUM_PASS_LIFETIME_SECONDS)) {
      const message = `A pass lives for 1 to ${MAXIMUM_PASS_LIFETIME_SECONDS} seconds.`;
      throw new CoatcheckError("invalid_configuration", message);
    }
    // A null or a number would end up in the pass, and no verifier would accept it.
    if (clientAddress !== undefined) requireText("clientAddress", clientAddress, "192.0.2.7");
    const scope = requireAccessPath(options.path);
    const span = spanOf(authentication, lifetimeSeconds, this.#options.clock.now());
    if (typeof span === "string") return { outcome: "refused", reason: span };

    const claims: PassClaims = {
      iss: this.#options.issuer,
      aud: audience,
      ...span,
      path: scope.text,
      cdniuc: uriContainerOf(scope),
      session: sessionDigestOf(authentication.session.id),
      ...(notBefore === undefined ? {} : { nbf: Math.floor(notBefore / 1_000) }),
      ...(clientAddress === undefined ? {} : { ip: clientAddress }),
    };
    const token = await signToken(await this.#options.keys.current(), tokenTypes.pass, claims);
    return { outcome: "issued", token, expiresAt: span.exp * 1_000 };
  }
}
