import type { IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";
import proxyAddr from "@fastify/proxy-addr";

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

/**
 * The client's address, as far as it is known: that of the connection, or what the proxies that are ours say of it, read
 * from the last hop towards the first. The same rule as Fastify's, for requests that it does not see.
 */
export function clientAddressBehind(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trust = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    dropUnreadableHops(request);
    return proxyAddr(request, trust);
  };
}

/**
 * Takes out of X-Forwarded-For what is no address, and all that stands before it: whoever wrote that may have written the
 * rest. What is left is the last proxy's own word, or that of the connection.
 */
export function dropUnreadableHops({ headers }: IncomingMessage): void {
  const { "x-forwarded-for": value } = headers;
  if (value === undefined) return;
  const hops = String(value)
    .split(",")
    .map((hop) => hop.trim());
  const readable = hops.slice(hops.findLastIndex((hop) => isIP(hop) === 0) + 1);
  if (readable.length === 0) delete headers["x-forwarded-for"];
  else headers["x-forwarded-for"] = readable.join(", ");
}
