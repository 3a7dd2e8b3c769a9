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
  const { hostname } = new URL(origin.text);
  app.addHook("onRequest", async (request, reply) => {
    if (isAnsweredToEverybody(request.url)) return undefined;
    const asked = hostnameOf(request.raw.headers.host);
    const isServed = asked === hostname || (asked !== null && isLoopback(hostname) && isLoopback(asked));
    return isServed ? undefined : sendProblem(reply, "misdirected_request");
  });
}

/** The host without its port: a forwarded port is no other host. */
function hostnameOf(host: string | undefined): string | null {
  const text = `http://${host ?? ""}`;
  return URL.canParse(text) ? new URL(text).hostname : null;
}
