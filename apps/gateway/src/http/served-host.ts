import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { readHostName } from "../one-reading/host-name.ts";
import { sendProblem } from "./problem.ts";
import type { ServedOrigins } from "./served-origins.ts";

/**
 * These are public and kept by caches, and other services ask for them under any name by which they know the gateway.
 */
const PUBLISHED_PATHS: readonly string[] = [
  "/.well-known/jwks.json",
  "/auth/access/jwks.json",
  "/auth/access/revocations",
];

/** Load balancers ask by address, and internal services by another name. They learn only public things. */
function isAnsweredUnderAnyName(url: string): boolean {
  return url.startsWith("/auth/health/") || PUBLISHED_PATHS.includes(url);
}

/** Answers 421 to requests for hosts other than those of the public origins. */
export function refuseOtherHosts(app: FastifyInstance, origins: ServedOrigins): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (hasSeveralHosts(request.raw)) sendProblem(reply, "invalid_request");
    else if (origins.find(request.raw.headers.host) !== null) done();
    else if (hasUnclearHost(request.raw)) sendProblem(reply, "invalid_request");
    else if (isAnsweredUnderAnyName(request.url)) done();
    else sendProblem(reply, "misdirected_request");
  });
}

/**
 * Whether a request has several hosts, or a Host header that is no host. A missing Host counts as a name that is not
 * ours.
 */
export function hasUnclearHost(request: IncomingMessage): boolean {
  const { host = "" } = request.headers;
  return hasSeveralHosts(request) || (host !== "" && readHostName(host) === null);
}

/** Of several hosts Node keeps the first, and another server may keep the last (RFC 9112, 3.2). */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}
