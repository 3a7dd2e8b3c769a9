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

/** That browsers come by https alone, for a year, to `subdomains` too; as a name and a value. None where they cannot. */
export function transportSecurity(
  { isSecure }: PublicOrigin,
  subdomains: boolean,
): readonly (readonly [string, string])[] {
  return isSecure ? [["strict-transport-security", `max-age=31536000${subdomains ? "; includeSubDomains" : ""}`]] : [];
}

/** The first Chromium that cuts a page off from whichever page opened it, whatever that one's own policy is. */
const CHROMIUM_WITH_NOOPENER = 131;

/**
 * A page of ours is out of reach for the page that opened it. "same-origin" sees to that where the opener has another
 * policy, and a service's answers have none; but a service worker can make up an answer with any header. A browser that does
 * not know the stricter value would take it for none at all, so only one that says what it is gets it.
 */
function openerPolicy({ headers }: IncomingMessage): string {
  const version = /"Chromium";v="(\d{1,5})"/.exec(String(headers["sec-ch-ua"] ?? ""))?.[1];
  return Number(version ?? 0) >= CHROMIUM_WITH_NOOPENER ? "noopener-allow-popups" : "same-origin";
}

/** On every response, errors included. */
export function addSecurityHeaders(
  app: FastifyInstance,
  headersFor: (request: IncomingMessage) => SecurityHeaders,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(headersFor(request.raw)).header("cross-origin-opener-policy", openerPolicy(request.raw));
    done();
  });
}
