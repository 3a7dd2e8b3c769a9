import type { FastifyInstance } from "fastify";
import type { OriginDoors } from "../doors/origin-doors.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import type { SignedAccess } from "../passes/signed-access.ts";
import { openApiDocument } from "./document.ts";

export interface OpenApiRouteOptions {
  readonly origins: ServedOrigins;
  readonly doors: OriginDoors;
  readonly access: SignedAccess;
}

/** Serves the description of the API for programs. */
export function addOpenApiRoute(app: FastifyInstance, { origins, doors, access }: OpenApiRouteOptions): void {
  // The documents differ only in origin and cookie name: each is made once.
  const documents = new WeakMap<object, object>();

  app.get("/auth/openapi.json", async (request, reply) => {
    const { guard } = doors.of(origins.findOrPrimary(request.raw.headers.host)).auth;
    const names = { origin: guard.origin.text, cookieName: guard.cookie.name };
    const document = documents.get(guard) ?? openApiDocument(names, access);
    documents.set(guard, document);
    return reply.header("cache-control", "no-cache").send(document);
  });
}
