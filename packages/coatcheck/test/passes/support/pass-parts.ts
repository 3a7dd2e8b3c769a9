import { SessionManager, type SessionPolicy, standardPolicy } from "coatcheck";
import type { Authentication } from "coatcheck/adapter";
import { generateSigningKey, type PublicKeys, type SigningKey, StaticPublicKeys } from "coatcheck/keys";
import { PassIssuer, PassVerifier, type PassVerifierOptions } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";

export const ISSUER = "https://login.example";
export const AUDIENCE = "https://files.example";

/** A session, an issuer of passes, and a file service's verifier, on one clock that stands still. */
export async function passParts(options: Partial<PassVerifierOptions> & { readonly policy?: SessionPolicy } = {}) {
  const { policy = standardPolicy, ...verifierOptions } = options;
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock, policy });
  const key = await generateSigningKey("ES256");
  const issuer = new PassIssuer({ issuer: ISSUER, keys: holding(key), clock });
  const verifierWith = (keys: PublicKeys) =>
    new PassVerifier({ issuer: ISSUER, audience: AUDIENCE, keys, clock, ...verifierOptions });
  const verifier = verifierWith(await publicKeysOf(key));
  return { clock, sessions, key, issuer, verifier, verifierWith };
}

export function holding(key: SigningKey) {
  return { current: async () => key };
}

export function publicKeysOf(...keys: readonly SigningKey[]): Promise<StaticPublicKeys> {
  return StaticPublicKeys.from({ keys: keys.map(({ publicJwk }) => publicJwk) });
}

export async function logIn(sessions: SessionManager, userId = "ada") {
  const login = await sessions.login(await sessions.begin(userId));
  if (login.outcome !== "logged_in") throw new Error(`The login was refused: ${login.outcome}.`);
  return login;
}

export async function passFor(issuer: PassIssuer, authentication: Authentication, path: string): Promise<string> {
  const issued = await issuer.issue(authentication, { audience: AUDIENCE, path });
  if (issued.outcome !== "issued") throw new Error(`No pass: ${issued.reason}.`);
  return issued.token;
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
