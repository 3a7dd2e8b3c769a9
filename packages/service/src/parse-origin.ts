/** As names and addresses of hosts are written. A URL allows more: `*`, for one, which no browser ever asks for. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?|\[[0-9a-f:.]+\])$/;

/** The URL of an origin alone, http or https, in lower case; its own port may be written. Null for anything else. */
export function originIn(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !isHost(url.hostname)) return null;
  const written = text.replace(/\/$/, "");
  const withPort = `${url.origin}:${url.protocol === "https:" ? 443 : 80}`;
  return written === url.origin || (url.port === "" && written === withPort) ? url : null;
}

/** Whether it can be the host of a request: the name of one, or an address, in brackets if it has colons. */
export function isHost(hostname: string): boolean {
  return HOST.test(hostname);
}
