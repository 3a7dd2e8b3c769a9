import type { Clock } from "../core/clock.ts";
import { requireClock, requireText } from "../core/known-options.ts";
import { kindOf } from "../core/written-value.ts";
import { type AccessRefusalCode, CoatcheckError } from "../errors.ts";
import type { PublicKeys } from "../keys/public-keys.ts";

/** The issuer whose tokens are accepted, and the service that they are for. */
export interface VerifierOptions {
  /** The `iss` to believe, compared exactly. */
  readonly issuer: string;
  /** This service, as the issuer names it in `aud`. */
  readonly audience: string;
  /** The issuer's keys for this kind of token. */
  readonly keys: PublicKeys;
  /** Tells the time by which tokens expire; the machine's clock by default. */
  readonly clock?: Clock;
}

/** The result of verifying a token. */
export type Verdict<Accepted> =
  | ({ readonly accepted: true } & Accepted)
  /** For the log. The client gets 401, or 503 for `revocations_outdated`, and nothing else. */
  | { readonly accepted: false; readonly reason: AccessRefusalCode };

export function refused(reason: AccessRefusalCode): { readonly accepted: false; readonly reason: AccessRefusalCode } {
  return { accepted: false, reason };
}

/** @throws CoatcheckError `invalid_configuration` */
export function requireVerifierOptions({ issuer, audience, keys, clock }: VerifierOptions): void {
  requireText("issuer", issuer, "https://app.example");
  requireText("audience", audience, "https://files.example");
  requirePublicKeys(keys);
  requireClock(clock);
}

/** @throws CoatcheckError `invalid_configuration` */
export function requirePublicKeys(keys: unknown): void {
  if (typeof (Object(keys) as { readonly find?: unknown }).find === "function" && !Array.isArray(keys)) return;
  const write = "new RemotePublicKeys({ url }), or await StaticPublicKeys.from(jwks)";
  const message = `keys are public keys, not ${kindOf(keys)}: write ${write}.`;
  throw new CoatcheckError("invalid_configuration", message);
}
