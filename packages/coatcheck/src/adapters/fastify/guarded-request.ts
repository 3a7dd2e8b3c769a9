import type { FastifyRequest } from "fastify";
import type { GuardedRequest } from "../../http/guarded-request.ts";

export function guardedFastifyRequest(request: FastifyRequest): GuardedRequest {
  return {
    method: request.method,
    url: request.originalUrl,
    headers: { get: (name) => headerText(request.headers[name.toLowerCase()]) },
    clientAddress: request.ip,
    id: request.id,
  };
}

export function headerText(value: string | number | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
