import type { Clock, Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions, requireClock, requireText } from "../core/known-options.ts";
import type { Authentication } from "../core/session.ts";
import { kindOf } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";
import type { SigningKeys } from "../keys/signing-key.ts";

/** The name of an issuer, and its keys. */
export interface IssuerOptions {
  /** The `iss` of its tokens, which verifiers compare exactly: the application's public origin. */
  readonly issuer: string;
  /** The keys for this kind of token alone: identity tokens and passes are signed with different keys. */
  readonly keys: SigningKeys;
  /** Tells the time by which tokens expire; the machine's clock by default. */
  readonly clock?: Clock;
}

/** The result of a request for a token. */
export type IssueResult =
  | { readonly outcome: "issued"; readonly token: string; readonly expiresAt: Timestamp }
  /** `ending`: less than a second of the session is left. `grace`: the cookie's secret was replaced a moment ago. */
  | { readonly outcome: "refused"; readonly reason: "ending" | "grace" };

/** The times between which a token is valid, in whole seconds. */
export interface TokenSpan {
  readonly iat: number;
  readonly exp: number;
}

/** The time from now to the end of the token or of the session, whichever comes first (OWASP ASVS 5.0, 7.4.1). */
export function spanOf(
  { session, presented }: Authentication,
  lifetimeSeconds: number,
  now: Timestamp,
  { allowsGrace = false } = {},
): TokenSpan | "grace" | "ending" {
  // A request with a replaced secret may finish, but must not begin anything that lasts. A call to an upstream is a
  // request.
  if (presented === "grace" && !allowsGrace) return "grace";
  const iat = Math.floor(now / 1_000);
  const exp = Math.min(iat + Math.floor(lifetimeSeconds), Math.floor(session.expiresAt / 1_000));
  return exp > iat ? { iat, exp } : "ending";
}

const ISSUER_OPTIONS: ReadonlySet<string> = new Set(["issuer", "keys", "clock"]);

/** @throws CoatcheckError `invalid_configuration` for an option that does not exist, or one that is missing */
export function requireIssuerOptions(options: object): void {
  refuseUnknownOptions("An issuer", options, ISSUER_OPTIONS);
  const { issuer, keys, clock }: { issuer?: unknown; keys?: unknown; clock?: unknown } = options;
  requireText("issuer", issuer, "https://app.example");
  if (typeof (Object(keys) as { readonly current?: unknown }).current !== "function") {
    const message = `keys has current(), which gives the key that signs now: { current: async () => key }, not ${kindOf(keys)}.`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  requireClock(clock);
}
