import { type Clock, systemClock } from "../core/clock.ts";
import { refuseUnknownOptions, requireClock } from "../core/known-options.ts";
import type { AccessRefusalCode } from "../errors.ts";
import type { PublicKeys } from "../keys/public-keys.ts";
import { readSignedClaims, refuseCommonClaims } from "../signed-tokens/signed-claims.ts";
import { tokenTypes } from "../signed-tokens/token-profile.ts";
import { isSessionDigest } from "./session-digest.ts";

/** The path that a pass opened, and the digest of the session that it came from. */
export interface RenewablePass {
  readonly path: string;
  readonly session: string;
}

/** How long after its end a pass can be exchanged for a new one: a player that was suspended asks late. */
const RENEWABLE_SECONDS = 600;

/** Names the passes that are renewed: those of this issuer for one service. */
export interface RenewalOptions {
  /** The issuer's own name, as in the `iss` of its passes. */
  readonly issuer: string;
  /** The file service that the pass is for, exactly as it names itself. */
  readonly audience: string;
  /** The issuer's own public keys. */
  readonly keys: PublicKeys;
  /** Tells the time; the machine's clock by default. */
  readonly clock?: Clock;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof RenewalOptions>(["issuer", "audience", "keys", "clock"]);

/**
 * Reads one of the issuer's own passes that is to be renewed, even if it has just expired. The pass gives no access
 * here: only its live session gets a new one, and the caller compares the digest of that session.
 *
 * @throws CoatcheckError `keys_unavailable`, or `invalid_configuration` for an unknown option
 */
export async function readRenewablePass(
  token: string,
  options: RenewalOptions,
): Promise<RenewablePass | AccessRefusalCode> {
  refuseUnknownOptions("readRenewablePass", options, OPTIONS);
  requireClock(options.clock);
  const { issuer, audience, keys, clock = systemClock } = options;
  const signed = await readSignedClaims(token, tokenTypes.pass, keys);
  if (typeof signed === "string") return signed;
  const { claims } = signed;
  const earlier: Clock = { now: () => clock.now() - RENEWABLE_SECONDS * 1_000 };
  const { exp } = claims;
  // The end of the pass is checked by a clock that is behind, and its beginning by the right one.
  const reason =
    refuseCommonClaims({ ...claims, iat: 0, nbf: 0 }, { issuer, audience, clock: earlier }) ??
    refuseCommonClaims({ ...claims, exp: Number.MAX_SAFE_INTEGER }, { issuer, audience, clock });
  if (reason !== null) return reason;
  const { path, session } = claims;
  return typeof exp === "number" && typeof path === "string" && isSessionDigest(session)
    ? { path, session }
    : "wrong_claims";
}
