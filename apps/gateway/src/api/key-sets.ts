import type { FastifyInstance } from "fastify";
import { KEY_SET_MAXIMUM_AGE_SECONDS } from "../passes/key-ring.ts";
import type { SignedAccess } from "../passes/signed-access.ts";

/**
 * The data that verifiers need: the keys of identity tokens, those of passes, and the sessions whose passes are void.
 */
export function addKeySetRoutes(app: FastifyInstance, { access }: { readonly access: SignedAccess }): void {
  const keySetCaching = `public, max-age=${KEY_SET_MAXIMUM_AGE_SECONDS}`;

  app.get("/.well-known/jwks.json", async (_request, reply) =>
    reply
      .header("cache-control", keySetCaching)
      .type("application/jwk-set+json")
      .send(JSON.stringify(await access.identityKeys.publicKeys())),
  );

  app.get("/auth/access/jwks.json", async (_request, reply) =>
    reply
      .header("cache-control", keySetCaching)
      .type("application/jwk-set+json")
      .send(JSON.stringify(await access.passKeys.publicKeys())),
  );

  // Young enough for every poll, and the same list for all requests within a second.
  app.get("/auth/access/revocations", async (_request, reply) =>
    reply
      .header("cache-control", "public, max-age=1")
      .type("application/jwt")
      .send(await access.revocationList()),
  );
}
