import type { Clock, Timestamp } from "../core/clock.ts";
import type { Authentication } from "../core/session.ts";
import type { SigningKeys } from "./signing-key.ts";

export interface IssuerOptions {
  /** The `iss` of its tokens, which verifiers compare to the letter: the application's public origin. */
  readonly issuer: string;
  /** Of this kind of token alone: identity tokens and passes are signed by different keys. */
  readonly keys: SigningKeys;
  readonly clock?: Clock;
}

export type IssueResult =
  | { readonly outcome: "issued"; readonly token: string; readonly expiresAt: Timestamp }
  /** `ending`: less than a second of the session is left. `grace`: the cookie's secret was replaced a moment ago. */
  | { readonly outcome: "refused"; readonly reason: "ending" | "grace" };

/** From now to the end of the token or of the session, whichever comes first (OWASP ASVS 5.0, 7.4.1). */
export function spanOf(
  { session, presented }: Authentication,
  lifetimeSeconds: number,
  now: Timestamp,
  { allowsGrace = false } = {},
): { readonly iat: number; readonly exp: number } | (IssueResult & { readonly outcome: "refused" }) {
  // A replaced secret may finish its requests, and begin nothing that lasts. A call to an upstream is a request.
  if (presented === "grace" && !allowsGrace) return { outcome: "refused", reason: "grace" };
  const iat = Math.floor(now / 1_000);
  const exp = Math.min(iat + Math.floor(lifetimeSeconds), Math.floor(session.expiresAt / 1_000));
  return exp > iat ? { iat, exp } : { outcome: "refused", reason: "ending" };
}
