const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(?:\d{1,5}|_[\w.-]+))?$/;

/**
 * A client's address without what proxies and systems write around it: a port, the brackets of IPv6, quotes, a zone, and the
 * form by which IPv6 sockets tell of IPv4. What is left need not be an address.
 */
export function plainAddress(text: string): string {
  const unquoted = text.replace(/^"(.*)"$/, "$1");
  const [, bracketed, dotted] = WITH_PORT.exec(unquoted) ?? [];
  return (bracketed ?? dotted ?? unquoted).replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "").replace(/%.*$/, "");
}
