import { type Clock, SessionManager, systemClock } from "coatcheck";
import type { Authentication } from "coatcheck/adapter";
import { IdentityIssuer, type UserFacts } from "coatcheck/identity";
import { generateSigningKey, type SigningKey } from "coatcheck/keys";
import { MemorySessionStore } from "coatcheck/stores/memory";

export const ADA: UserFacts = { name: "Ada Lovelace", email: "ada@example.com", roles: ["listener"] };

/** What a gateway tells its library who is calling with. */
export class IdentityTokens {
  readonly #issuer: IdentityIssuer;
  readonly #key: SigningKey;

  private constructor(key: SigningKey, issuer: string, clock: Clock) {
    this.#key = key;
    this.#issuer = new IdentityIssuer({ issuer, keys: { current: async () => key }, clock });
  }

  static async create(issuer: string, clock: Clock = systemClock): Promise<IdentityTokens> {
    return new IdentityTokens(await generateSigningKey("ES256"), issuer, clock);
  }

  /** By which they can be verified. */
  get jwks(): object {
    return { keys: [this.#key.publicJwk] };
  }

  async issue(authentication: Authentication, audience: string): Promise<string> {
    const issued = await this.#issuer.issue(authentication, audience, ADA);
    if (issued.outcome !== "issued") throw new Error(`No token was issued: ${issued.reason}.`);
    return issued.token;
  }
}

/** A session that was begun just now. */
export async function logIn(userId = "ada", clock: Clock = systemClock): Promise<Authentication> {
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  const login = await sessions.login(await sessions.begin(userId));
  if (login.outcome !== "logged_in") throw new Error(`The login was refused: ${login.outcome}.`);
  return login.authentication;
}
