import type { Clock } from "../core/clock.ts";
import type { AccessRefusalCode } from "../errors.ts";
import type { PublicKeys } from "../keys/public-keys.ts";

/** Whose tokens to believe, and which of them. */
export interface VerifierOptions {
  /** The `iss` to believe, to the letter. */
  readonly issuer: string;
  /** This service, as the issuer names it in `aud`. */
  readonly audience: string;
  /** The issuer's, of this kind of token. */
  readonly keys: PublicKeys;
  /** Tells the time by which tokens expire; the machine's by default. */
  readonly clock?: Clock;
}

/** What a token came to. */
export type Verdict<Accepted> =
  | ({ readonly accepted: true } & Accepted)
  /** For the log. The client is told 401, or 503 for `revocations_outdated`, and nothing else. */
  | { readonly accepted: false; readonly reason: AccessRefusalCode };

export function refused(reason: AccessRefusalCode): { readonly accepted: false; readonly reason: AccessRefusalCode } {
  return { accepted: false, reason };
}
