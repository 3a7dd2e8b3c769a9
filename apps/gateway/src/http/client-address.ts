import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ForwardedHops } from "@coatcheck/service/forwarded-hops";
import proxyAddr from "@fastify/proxy-addr";
import type { FastifyBaseLogger } from "fastify";

/**
 * Whether a connection comes from one of our proxies. Computed once for each connection: the answer does not change,
 * and proxies keep their connections open.
 */
export function isTrustedPeer(trustedProxies: readonly string[]): (request: IncomingMessage) => boolean {
  const trust = proxyAddr.compile([...trustedProxies]);
  const known = new WeakMap<Socket, boolean>();
  return ({ socket }) => {
    const isKnown = known.get(socket);
    if (isKnown !== undefined) return isKnown;
    const { remoteAddress } = socket;
    // A connection that has just closed has no address.
    const isTrusted = remoteAddress !== undefined && trust(remoteAddress, 0);
    known.set(socket, isTrusted);
    return isTrusted;
  };
}

/**
 * Makes the function that normalises X-Forwarded-For. It warns in the log, for an operator who sees one address for all
 * clients.
 */
export function forwardedHops(trustedProxies: readonly string[], log: Pick<FastifyBaseLogger, "warn">): ForwardedHops {
  const onUnreadable = (hop: string) =>
    log.warn(
      { event: "client_address_unreadable", hop },
      "a trusted proxy says in X-Forwarded-For what is no address: all clients behind it count as one",
    );
  return new ForwardedHops({ trustedProxies, onUnreadable });
}

/**
 * The client's address, as far as it is known: that of the connection, or the one that our own proxies report, read
 * from the last hop towards the first. It follows Fastify's rule, for requests that Fastify does not see.
 */
export function clientAddressBehind(
  trustedProxies: readonly string[],
  hops: ForwardedHops,
): (request: IncomingMessage) => string {
  const trust = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    hops.tidy(request);
    return proxyAddr(request, trust);
  };
}
