import { isLoopback, type PublicOrigin } from "coatcheck";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "./problem.ts";
import { PUBLISHED_PATHS } from "./routes/key-sets.ts";

/** Load balancers ask by address, and services inside by another name. They learn nothing that is not public. */
function isAnsweredToEverybody(url: string): boolean {
  return url.startsWith("/auth/health/") || PUBLISHED_PATHS.includes(url);
}

/**
 * Answers 421 to requests for other host names, by the Host header itself and not by what a proxy says of it: a page
 * whose name an attacker has pointed at this machine (DNS rebinding) must not be able to talk to it as its own origin.
 */
export function refuseOtherHosts(app: FastifyInstance, origin: PublicOrigin): void {
  app.addHook("onRequest", (request, reply, done) => {
    // Node keeps the first of several, another server may the last (RFC 9112, 3.2).
    if (hasSeveralHosts(request.raw.rawHeaders)) sendProblem(reply, "invalid_request");
    else if (isAnsweredToEverybody(request.url) || isServedHost(request.raw.headers.host, origin)) done();
    else sendProblem(reply, "misdirected_request");
  });
}

/** Whether a Host header names the one host that is served; any loopback name does where that one is loopback. */
export function isServedHost(host: string | undefined, origin: PublicOrigin): boolean {
  // As browsers write it, so nearly always.
  if (host !== undefined && origin.text.endsWith(`//${host}`)) return true;
  const { hostname } = new URL(origin.text);
  const asked = hostnameOf(host);
  return asked === hostname || (asked !== null && isLoopback(hostname) && isLoopback(asked));
}

function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}

/** The host without its port: a forwarded port is no other host. */
function hostnameOf(host: string | undefined): string | null {
  const text = `http://${host ?? ""}`;
  return URL.canParse(text) ? new URL(text).hostname : null;
}
