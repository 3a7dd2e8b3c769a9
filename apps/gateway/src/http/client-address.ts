import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ForwardedHops } from "@coatcheck/service/forwarded-hops";
import proxyAddr from "@fastify/proxy-addr";
import type { FastifyBaseLogger } from "fastify";

/** Whether a connection is from one of our proxies. Looked at once: it does not change, and they keep theirs open. */
export function isTrustedPeer(trustedProxies: readonly string[]): (request: IncomingMessage) => boolean {
  const trust = proxyAddr.compile([...trustedProxies]);
  const known = new WeakMap<Socket, boolean>();
  return ({ socket }) => {
    const isKnown = known.get(socket);
    if (isKnown !== undefined) return isKnown;
    const { remoteAddress } = socket;
    // One that has just gone has no address.
    const isTrusted = remoteAddress !== undefined && trust(remoteAddress, 0);
    known.set(socket, isTrusted);
    return isTrusted;
  };
}

/** What tidies X-Forwarded-For. The log is for an operator who sees one address for all clients. */
export function forwardedHops(trustedProxies: readonly string[], log: Pick<FastifyBaseLogger, "warn">): ForwardedHops {
  const onUnreadable = (hop: string) =>
    log.warn(
      { event: "client_address_unreadable", hop },
      "a trusted proxy says in X-Forwarded-For what is no address: all clients behind it count as one",
    );
  return new ForwardedHops({ trustedProxies, onUnreadable });
}

/**
 * The client's address, as far as it is known: that of the connection, or what the proxies that are ours say of it, read
 * from the last hop towards the first. The same rule as Fastify's, for requests that it does not see.
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
