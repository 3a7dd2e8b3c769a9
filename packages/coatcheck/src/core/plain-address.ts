const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(?:\d{1,5}|_[\w.-]+))?$/;

/**
 * A client's address without the parts that proxies and systems add: a port, the brackets of IPv6, quotes, a zone, and
 * the IPv4-mapped form of IPv6 sockets. The result need not be an address.
 */
export function plainAddress(text: string): string {
  const unquoted = text.replace(/^"(.*)"$/, "$1");
  const [, bracketed, dotted] = WITH_PORT.exec(unquoted) ?? [];
  return (bracketed ?? dotted ?? unquoted).replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "").replace(/%.*$/, "");
}

/**
 * The eight groups of an IPv6 address, without leading zeros: a dotted tail becomes two groups, and `::` is written
 * out.
 *
 * @throws TypeError for a text that `isIPv6` of node:net does not accept, and for an address with a zone
 */
export function ipv6Groups(address: string): readonly string[] {
  // The URL parser knows every spelling (RFC 5952).
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail = ""] = canonical.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after];
}
