import type { HostCookie } from "coatcheck/adapter";

/** In any case, and behind any prefix: browsers compare prefixes without case, and some servers the whole name. */
const OWN_NAME = /^(?:__(?:host|secure|http)-)*(?:http-)?coatcheck/i;

/** Recognises the gateway's own cookies: they are sent to no upstream, and no upstream may set them. */
export function ownCookies(sessionCookies: readonly HostCookie[]): (name: string) => boolean {
  const sessionNames = new Set(sessionCookies.map(({ name }) => name.toLowerCase()));
  return (name) => OWN_NAME.test(name) || sessionNames.has(name.toLowerCase());
}
