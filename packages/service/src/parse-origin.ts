/** Names and addresses of hosts. A URL allows more, such as `*`, which no browser ever asks for. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?|\[[0-9a-f:.]+\])$/;

/** The URL of an origin alone: http or https, in lower case, with or without its default port. Null for any other text. */
export function originIn(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !isHost(url.hostname)) return null;
  const written = text.replace(/\/$/, "");
  const withPort = `${url.origin}:${url.protocol === "https:" ? 443 : 80}`;
  return written === url.origin || (url.port === "" && written === withPort) ? url : null;
}

/** Whether a text can be the host of a request: a host name or an address, in brackets if it has colons. */
export function isHost(hostname: string): boolean {
  return HOST.test(hostname);
}
