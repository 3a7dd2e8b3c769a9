import { IdentityVerifier } from "coatcheck/identity";
import { RemotePublicKeys } from "coatcheck/keys";
import Fastify, { type FastifyInstance } from "fastify";
import { requireKnownCaller } from "./library/known-callers.ts";
import { addLibraryRoutes } from "./library/library-routes.ts";
import { loadPlayerFiles } from "./library/player-files.ts";
import { addPlayerRoutes } from "./library/player-routes.ts";
import { sendProblem } from "./library/problem.ts";

export interface LibraryOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** "localhost" for both loopback addresses. The library is private: a client that reaches it still needs a token. */
  readonly host: string;
  /** The gateway's public origin, as identity tokens name it in `iss`. */
  readonly issuer: string;
  /** This library, as the gateway names it in `aud`. */
  readonly audience: string;
  /** Where the gateway publishes the keys of its identity tokens. https, or loopback. */
  readonly jwksUrl: string;
  /** The origin of the file service, which the player page may play from. */
  readonly filesOrigin: string;
}

export interface Library {
  /** The origin that it listens on. */
  readonly url: string;
  /** Resolves when what was asked is answered and nothing listens any more. */
  close(): Promise<void>;
}

/**
 * A private service behind the gateway: it has no sessions, no users and no cookies, and knows who is calling from a
 * token that it verifies by itself. It resolves when the library answers.
 *
 * @throws CoatcheckError `invalid_configuration` for a JWKS URL that others could answer for
 */
export async function startLibrary(options: LibraryOptions): Promise<Library> {
  const { port, host, issuer, audience, jwksUrl } = options;
  const keys = new RemotePublicKeys({ url: jwksUrl });
  const { origin: filesOrigin } = new URL(options.filesOrigin);
  const app = Fastify({
    forceCloseConnections: "idle",
    // What arrives while closing is answered like anything else, and its connection ended with the answer.
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply) => sendProblem(reply, "invalid_request"),
  });
  closeConnectionsWhenClosing(app);
  requireKnownCaller(app, new IdentityVerifier({ issuer, audience, keys }));
  addLibraryRoutes(app);
  addPlayerRoutes(app, { files: await loadPlayerFiles(), filesOrigin });
  const listening = new URL(await app.listen({ port, host }));
  // It stands for two addresses, of which Fastify names one.
  if (host === "localhost") listening.hostname = host;
  return { url: listening.origin, close: () => app.close() };
}

/** Closing ends idle connections; those that are being answered end with the answer, not with their next silence. */
function closeConnectionsWhenClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook("preClose", async () => {
    isClosing = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (isClosing) reply.header("connection", "close");
  });
}
