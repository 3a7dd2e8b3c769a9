import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";

export interface ForwardedHopsOptions {
  /** Addresses and networks, as `parseTrustedProxies` gives them. */
  readonly trustedProxies: readonly string[];
  /** Told what one of these proxies wrote that is no address; once a minute at most, for it may come with every request. */
  readonly onUnreadable: (hop: string) => void;
}

const TELL_EVERY_MILLISECONDS = 60_000;
const MAXIMUM_TOLD_LENGTH = 64;

/**
 * ForwardedHops tidies X-Forwarded-For before anything reads it: each hop becomes a plain address. What is none is taken out
 * with all that stands before it, for the same hand may have written the rest: the last readable word is then that of the
 * proxy, or the connection. All clients look like one from then on, so a proxy of ours that does this is told of.
 */
export class ForwardedHops {
  readonly #trusted = new BlockList();
  readonly #isTold: ForwardedHopsOptions["onUnreadable"];
  readonly #isUsed: boolean;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor({ trustedProxies, onUnreadable }: ForwardedHopsOptions) {
    this.#isUsed = trustedProxies.length > 0;
    this.#isTold = onUnreadable;
    for (const network of trustedProxies) {
      const [address = "", length] = network.split("/");
      const family = isIPv6(address) ? "ipv6" : "ipv4";
      if (length === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(length), family);
    }
  }

  /** May be called again for the same request. */
  tidy({ headers, socket }: IncomingMessage): void {
    const { "x-forwarded-for": value } = headers;
    if (!this.#isUsed || value === undefined) return;
    const hops = String(value)
      .split(",")
      .map((hop) => hop.trim())
      .filter((hop) => hop !== "");
    const addresses: string[] = [];
    for (const hop of hops.reverse()) {
      const address = hopAddress(hop);
      if (address === null) {
        this.#tell(hop, [socket.remoteAddress ?? "", ...addresses]);
        break;
      }
      addresses.push(address);
    }
    if (addresses.length === 0) delete headers["x-forwarded-for"];
    else headers["x-forwarded-for"] = addresses.reverse().join(", ");
  }

  /** Not of what strangers wrote: only where each hop on the way here is ours. */
  #tell(hop: string, way: readonly string[]): void {
    const now = performance.now();
    if (now - this.#toldAt < TELL_EVERY_MILLISECONDS) return;
    if (!way.every((address) => this.#trusts(address))) return;
    this.#toldAt = now;
    this.#isTold(hop.slice(0, MAXIMUM_TOLD_LENGTH));
  }

  #trusts(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 6 ? "ipv6" : "ipv4");
  }
}

const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/;

/**
 * The address of one hop, however proxies write it: with a port, in the brackets of IPv6, in quotes, or as an element of
 * Forwarded (RFC 7239, 6). Null for what is none, such as "unknown".
 */
export function hopAddress(hop: string): string | null {
  const text = hop.replace(/^for=/i, "").replace(/^"(.*)"$/, "$1");
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? dotted ?? text;
  return isIP(address) === 0 ? null : address;
}
