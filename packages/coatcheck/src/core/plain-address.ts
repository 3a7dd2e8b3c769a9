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
