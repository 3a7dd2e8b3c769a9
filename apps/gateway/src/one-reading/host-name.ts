/** A name, an IPv4 address or an IPv6 address in brackets, and a port: no user name, path, query or encoding. */
const HOST = /^(\w[\w.-]*|\[[0-9A-F:.]+\])(?::(\d{1,5}))?$/i;
const MAXIMUM_PORT = 65_535;

/**
 * The host's name in lower case, without the port. Null for a text that is no host, and for an alternative spelling of
 * an address, as "127.1" and "2130706433" are for 127.0.0.1. Call this before making a host part of a URL: a URL parser
 * finds a host in "evil.example:x@localhost", and a different one than a human reader does.
 */
export function readHostName(host: string): string | null {
  const [, name, port = "0"] = HOST.exec(host) ?? [];
  if (name === undefined || Number(port) > MAXIMUM_PORT) return null;
  const lower = name.toLowerCase();
  const url = `http://${lower}`;
  return URL.canParse(url) && new URL(url).hostname === lower ? lower : null;
}
