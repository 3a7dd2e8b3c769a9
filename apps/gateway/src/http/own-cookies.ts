import type { HostCookie } from "coatcheck/adapter";

/** In whatever case, and behind whatever prefix: browsers compare prefixes without case, and some servers all of a name. */
const OWN_NAME = /^(?:__(?:host|secure|http)-)*(?:http-)?coatcheck/i;

/** Tells the gateway's cookies from others': they are sent to no upstream, and set by none. */
export function ownCookies(sessionCookies: readonly HostCookie[]): (name: string) => boolean {
  const sessionNames = new Set(sessionCookies.map(({ name }) => name.toLowerCase()));
  return (name) => OWN_NAME.test(name) || sessionNames.has(name.toLowerCase());
}
