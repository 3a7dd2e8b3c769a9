import type { IncomingMessage } from "node:http";
import type { PublicOrigin } from "coatcheck";
import type { FastifyInstance } from "fastify";

// The pages bring their own scripts and styles as files, so nothing inline runs, whoever wrote it into the page.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

export type SecurityHeaders = Readonly<Record<string, string>>;

const HEADERS: SecurityHeaders = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** The baseline of OWASP ASVS 5.0, 3.4. */
export function securityHeaders({ isSecure }: PublicOrigin): SecurityHeaders {
  return isSecure ? { ...HEADERS, "strict-transport-security": "max-age=31536000" } : HEADERS;
}

/** On every response, errors included. */
export function addSecurityHeaders(
  app: FastifyInstance,
  headersFor: (request: IncomingMessage) => SecurityHeaders,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(headersFor(request.raw));
    done();
  });
}
