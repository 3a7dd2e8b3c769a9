import { SessionManager } from "coatcheck";
import type { Authentication } from "coatcheck/adapter";
import { IdentityIssuer } from "coatcheck/identity";
import { generateSigningKey, type SigningKey } from "coatcheck/keys";
import { PassIssuer, type PassOptions, signRevocationList } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { AUDIENCE, holding, ISSUER, logIn } from "../../support/pass-parts.ts";

/** What verifies here looks at the real clock, so passes are of now, and as long-lived as they may be. */
const LIFETIME_SECONDS = 600;

/** An issuer in the middle of a key's replacement: two keys are published, and passes of both are about. */
export class PassOffice {
  readonly sessions = new SessionManager({ store: new MemorySessionStore() });
  readonly keys: readonly [SigningKey, SigningKey];

  static async open(): Promise<PassOffice> {
    return new PassOffice([await generateSigningKey("ES256"), await keyWithHyphen()]);
  }

  private constructor(keys: readonly [SigningKey, SigningKey]) {
    this.keys = keys;
  }

  get keySet(): unknown {
    return { keys: this.keys.map(({ publicJwk }) => publicJwk) };
  }

  async passFor(
    path: string,
    options: Partial<PassOptions> & { readonly key?: SigningKey; readonly holder?: Authentication } = {},
  ): Promise<string> {
    const { key = this.keys[0], holder = (await logIn(this.sessions)).authentication, ...given } = options;
    const issuer = new PassIssuer({ issuer: ISSUER, keys: holding(key) });
    const wanted = { audience: AUDIENCE, path, lifetimeSeconds: LIFETIME_SECONDS, ...given };
    const issued = await issuer.issue(holder, wanted);
    if (issued.outcome !== "issued") throw new Error(`No pass: ${issued.reason}.`);
    return issued.token;
  }

  /** What the same house hands out besides passes. The keys of passes sign them all here, which is worse than it is. */
  async otherTokens(): Promise<Readonly<Record<string, string>>> {
    const login = await logIn(this.sessions);
    const [key] = this.keys;
    const identity = await new IdentityIssuer({ issuer: ISSUER, keys: holding(key) }).issue(
      login.authentication,
      AUDIENCE,
    );
    if (identity.outcome !== "issued") throw new Error(`No identity token: ${identity.reason}.`);
    const facts = { sequence: 1, issuedBefore: 0, sessions: [] };
    const list = await signRevocationList(facts, { issuer: ISSUER, keys: holding(key) }, Date.now());
    return { "an identity token": identity.token, "a revocation list": list, "a session's token": login.token };
  }
}

/** A kid that begins with a hyphen, as of a key made elsewhere: a configuration file may take it for an option. */
async function keyWithHyphen(): Promise<SigningKey> {
  const key = await generateSigningKey("ES256");
  const kid = `-${key.kid.slice(1)}`;
  return { ...key, kid, publicJwk: { ...key.publicJwk, kid } };
}
