import type { FastifyInstance } from "fastify";

export type FixedHeaders = Readonly<Record<string, string>>;

/**
 * A document from this service gets no script, no form and no frame: users upload the files, and URLs of this origin
 * carry other users' passes. The remaining permissions are for the documents that browsers make around a picture, a
 * sound or a film: these cannot load the file without their origin, and without scripts they can do nothing else with
 * it.
 */
const CONTENT_SECURITY_POLICY = [
  "sandbox allow-same-origin",
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export interface SecurityHeadersOptions {
  readonly isSecure: boolean;
  /** Whether pages of other sites may use files. */
  readonly isShared: boolean;
}

/** The headers of every response, including errors. */
export function securityHeaders({ isSecure, isShared }: SecurityHeadersOptions): FixedHeaders {
  return {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-resource-policy": isShared ? "cross-origin" : "same-site",
    // A URL of this service may contain a pass, which no other site may get.
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    ...(isSecure ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}

export function addSecurityHeaders(app: FastifyInstance, headers: FixedHeaders): void {
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
