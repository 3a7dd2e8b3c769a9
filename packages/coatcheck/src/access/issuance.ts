import type { Timestamp } from "../core/clock.ts";
import { refuseUnknownOptions } from "../core/known-options.ts";
import type { Authentication } from "../core/session.ts";

/** From when to when a token is good, in whole seconds. */
export interface TokenSpan {
  readonly iat: number;
  readonly exp: number;
}

/** From now to the end of the token or of the session, whichever comes first (OWASP ASVS 5.0, 7.4.1). */
export function spanOf(
  { session, presented }: Authentication,
  lifetimeSeconds: number,
  now: Timestamp,
  { allowsGrace = false } = {},
): TokenSpan | "grace" | "ending" {
  // A replaced secret may finish its requests, and begin nothing that lasts. A call to an upstream is a request.
  if (presented === "grace" && !allowsGrace) return "grace";
  const iat = Math.floor(now / 1_000);
  const exp = Math.min(iat + Math.floor(lifetimeSeconds), Math.floor(session.expiresAt / 1_000));
  return exp > iat ? { iat, exp } : "ending";
}

const ISSUER_OPTIONS: ReadonlySet<string> = new Set(["issuer", "keys", "clock"]);

/** @throws CoatcheckError `invalid_configuration` for an option that there is not */
export function requireIssuerOptions(options: object): void {
  refuseUnknownOptions("An issuer", options, ISSUER_OPTIONS);
}
