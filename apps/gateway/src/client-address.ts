import type { IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";

/** Whether a connection is from one of our proxies. */
export function isTrustedPeer(trustedProxies: readonly string[]): (request: IncomingMessage) => boolean {
  const trust = proxyAddr.compile([...trustedProxies]);
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && trust(remoteAddress, 0);
}

/**
 * The client's address, as far as it is known: that of the connection, or what the proxies that are ours say of it, read
 * from the last hop towards the first. The same rule as Fastify's, for requests that it does not see.
 */
export function clientAddressBehind(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trust = proxyAddr.compile([...trustedProxies]);
  return (request) => proxyAddr(request, trust) ?? "";
}
