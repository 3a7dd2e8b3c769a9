import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SessionManager } from "coatcheck";
import { generateSigningKey, type SigningKey } from "coatcheck/keys";
import { PassIssuer, signRevocationList } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";

const LONGEST_SECONDS = 600;

/** What a gateway is to a file service: keys, a list of ended sessions, and passes. */
export class PassOffice {
  readonly url: string;
  readonly #server: Server;
  readonly #issuer: PassIssuer;

  static async open(): Promise<PassOffice> {
    const key = await generateSigningKey("ES256");
    const keys = { current: async () => key };
    const server = createServer(async (request, response) => {
      if (request.url === "/auth/access/jwks.json") response.end(JSON.stringify({ keys: [key.publicJwk] }));
      else response.end(await signRevocationList(NOTHING, { issuer: urlOf(server), keys }, Date.now()));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PassOffice(server, key);
  }

  private constructor(server: Server, key: SigningKey) {
    this.url = urlOf(server);
    this.#server = server;
    this.#issuer = new PassIssuer({ issuer: this.url, keys: { current: async () => key } });
  }

  async passFor(audience: string, path: string): Promise<string> {
    const sessions = new SessionManager({ store: new MemorySessionStore() });
    const login = await sessions.login(await sessions.begin("somebody"));
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    const issued = await this.#issuer.issue(login.authentication, { audience, path, lifetimeSeconds: LONGEST_SECONDS });
    if (issued.outcome !== "issued") throw new Error(issued.reason);
    return issued.token;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const NOTHING = { sequence: 0, issuedBefore: 0, sessions: [] };

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
