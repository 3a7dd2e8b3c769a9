import { createServer, type Server } from "node:http";
import { freePort } from "@coatcheck/throwaway-servers";
import { generateSigningKey, type SigningKey, signToken } from "coatcheck/keys";
import { requireAccessPath, sessionDigestOf, signRevocationList, uriContainerOf } from "coatcheck/passes";

export interface PassOptions {
  readonly session?: string;
  readonly lifetimeSeconds?: number;
  /** Claims instead of the right ones. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly key?: SigningKey;
}

/** What a gateway is to a file service: a server with keys and a list of ended sessions, which also issues passes. */
export class Issuer {
  readonly url: string;
  readonly #key: SigningKey;
  readonly #server: Server;
  readonly #ended = new Set<string>();
  /** Whether its server answers with anything but 503. */
  isUp = true;

  static async start(): Promise<Issuer> {
    const port = await freePort();
    const issuer = new Issuer(`http://localhost:${port}`, await generateSigningKey("ES256"));
    await new Promise<void>((resolve) => issuer.#server.listen(port, "localhost", resolve));
    return issuer;
  }

  private constructor(url: string, key: SigningKey) {
    this.url = url;
    this.#key = key;
    this.#server = createServer(async (request, response) => {
      if (!this.isUp) return void response.writeHead(503).end();
      if (request.url === "/auth/access/jwks.json") {
        return void response.end(JSON.stringify({ keys: [key.publicJwk] }));
      }
      const facts = { sequence: this.#ended.size, issuedBefore: 0, sessions: [...this.#ended].map(sessionDigestOf) };
      const keys = { current: async () => key };
      response.end(await signRevocationList(facts, { issuer: url, keys }, Date.now()));
    });
  }

  get jwks(): unknown {
    return { keys: [this.#key.publicJwk] };
  }

  /** A pass for a file service of that public URL. */
  passFor(audience: string, path: string, options: PassOptions = {}): Promise<string> {
    const { session = "a session", lifetimeSeconds = 300, claims = {}, key = this.#key } = options;
    const scope = requireAccessPath(path);
    const iat = Math.floor(Date.now() / 1_000);
    return signToken(key, options.type ?? "coatcheck-pass+jwt", {
      iss: this.url,
      aud: audience,
      iat,
      exp: iat + lifetimeSeconds,
      path: scope.text,
      cdniuc: uriContainerOf(scope),
      session: sessionDigestOf(session),
      ...claims,
    });
  }

  endSession(session: string): void {
    this.#ended.add(session);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
