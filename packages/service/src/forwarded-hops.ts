import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";

export interface ForwardedHopsOptions {
  /** Addresses and networks, in the form of the setting of trusted proxies. */
  readonly trustedProxies: readonly string[];
  /** Called with an entry of one of these proxies that is not an address, at most once a minute. */
  readonly onUnreadable: (hop: string) => void;
}

const TELL_EVERY_MILLISECONDS = 60_000;
const MAXIMUM_TOLD_LENGTH = 64;

/**
 * ForwardedHops tidies X-Forwarded-For before any code reads it: each hop becomes a plain address. An entry that is not an
 * address is removed with all entries before it, because the same client may have written them. The client's address is then
 * that of the proxy or of the connection. From then on all clients of that proxy look like one, so it is reported.
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

  /** Reports an entry only if every hop on its way here is a trusted proxy: a client could write anything. */
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
 * The address of one hop in any form that proxies write: with a port, in the brackets of IPv6, in quotes, or as an element
 * of Forwarded (RFC 7239, 6). Null for other texts, such as "unknown".
 */
export function hopAddress(hop: string): string | null {
  const text = hop.replace(/^for=/i, "").replace(/^"(.*)"$/, "$1");
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? dotted ?? text;
  return isIP(address) === 0 ? null : address;
}
