/** Whether a host name, as URL parsers return it, can only mean this machine (RFC 6761, 6.3; RFC 8252, 8.3). */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.(0|[1-9]\d{0,2})){3}$/.test(hostname)
  );
}
