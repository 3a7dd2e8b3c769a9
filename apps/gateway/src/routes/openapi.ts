import type { FastifyInstance } from "fastify";
import type { SignedAccess } from "../access/signed-access.ts";
import { openApiDocument } from "../openapi/document.ts";
import type { ServedOrigins } from "../served-origins.ts";

/** The API, described for programs. */
export function addOpenApiRoute(
  app: FastifyInstance,
  { origins, access }: { readonly origins: ServedOrigins; readonly access: SignedAccess },
): void {
  app.get("/auth/openapi.json", async (request, reply) => {
    const { guard } = origins.findOrPrimary(request.raw.headers.host);
    // The name of the cookie and the origin are of this one.
    const document = openApiDocument({ origin: guard.origin.text, cookieName: guard.cookie.name }, access);
    return reply.header("cache-control", "no-cache").send(document);
  });
}
