import type { IncomingMessage } from "node:http";
import type { PublicOrigin } from "coatcheck/adapter";
import type { FastifyInstance } from "fastify";

// The pages load their own scripts and styles as files, so no inline script runs, even one that an attacker wrote into
// the page.
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
export function securityHeaders(origin: PublicOrigin, subdomains: boolean): SecurityHeaders {
  return { ...HEADERS, ...Object.fromEntries(transportSecurity(origin, subdomains)) };
}

/**
 * The header that makes browsers use only https for a year, for `subdomains` too, as a name and a value. Empty for an
 * origin without https.
 */
export function transportSecurity(
  { isSecure }: PublicOrigin,
  subdomains: boolean,
): readonly (readonly [string, string])[] {
  return isSecure ? [["strict-transport-security", `max-age=31536000${subdomains ? "; includeSubDomains" : ""}`]] : [];
}

/** The first Chromium that separates a page from any page that opened it, whatever the opener's own policy is. */
const CHROMIUM_WITH_NOOPENER = 131;

/**
 * Keeps a page of the gateway out of reach of the page that opened it. "same-origin" does so if the opener has another
 * policy. A service's answers have none, but a service worker can make up an answer with any header. A browser that
 * does not know the stricter value would ignore the header altogether, so only browsers that name their version get it.
 */
function openerPolicy({ headers }: IncomingMessage): string {
  const version = /"Chromium";v="(\d{1,5})"/.exec(String(headers["sec-ch-ua"] ?? ""))?.[1];
  return Number(version ?? 0) >= CHROMIUM_WITH_NOOPENER ? "noopener-allow-popups" : "same-origin";
}

/** Adds the headers to every response, errors included. */
export function addSecurityHeaders(
  app: FastifyInstance,
  headersFor: (request: IncomingMessage) => SecurityHeaders,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(headersFor(request.raw)).header("cross-origin-opener-policy", openerPolicy(request.raw));
    done();
  });
}
