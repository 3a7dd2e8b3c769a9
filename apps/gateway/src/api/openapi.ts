import type { FastifyInstance } from "fastify";
import type { ServedOrigins } from "../http/served-origins.ts";
import type { SignedAccess } from "../passes/signed-access.ts";
import { openApiDocument } from "./document.ts";

/** The API, described for programs. */
export function addOpenApiRoute(
  app: FastifyInstance,
  { origins, access }: { readonly origins: ServedOrigins; readonly access: SignedAccess },
): void {
  // The name of the cookie and the origin differ, and nothing else ever does: one for each is put together, once.
  const documents = new WeakMap<object, object>();

  app.get("/auth/openapi.json", async (request, reply) => {
    const { guard } = origins.findOrPrimary(request.raw.headers.host);
    const names = { origin: guard.origin.text, cookieName: guard.cookie.name };
    const document = documents.get(guard) ?? openApiDocument(names, access);
    documents.set(guard, document);
    return reply.header("cache-control", "no-cache").send(document);
  });
}
