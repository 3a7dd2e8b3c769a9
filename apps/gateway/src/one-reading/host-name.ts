/** A name, an IPv4 address or an IPv6 address in brackets, and a port: no user name, path, query or encoding. */
const HOST = /^(\w[\w.-]*|\[[0-9A-F:.]+\])(?::(\d{1,5}))?$/i;
const MAXIMUM_PORT = 65_535;

/**
 * The host's name in lower case, without the port; null for what is no host, and for a second way to write an address, as
 * "127.1" and "2130706433" are of 127.0.0.1. To be asked before a host is made part of a URL: a parser of URLs finds a
 * host in "evil.example:x@localhost", and another one than a reader of the text.
 */
export function readHostName(host: string): string | null {
  const [, name, port = "0"] = HOST.exec(host) ?? [];
  if (name === undefined || Number(port) > MAXIMUM_PORT) return null;
  const lower = name.toLowerCase();
  const url = `http://${lower}`;
  return URL.canParse(url) && new URL(url).hostname === lower ? lower : null;
}
