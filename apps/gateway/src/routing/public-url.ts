import { isHost, originIn } from "@coatcheck/service/parse-origin";
import { InvalidValue, parseText } from "@coatcheck/service/parse-values";
import { isLoopback } from "coatcheck/keys";

/** As browsers serialise origins, the primary one first. */
export type PublicOrigins = readonly [string, ...string[]];

export interface PublicUrls {
  readonly origins: PublicOrigins;
  /** Anybody between browser and gateway can read and change what passes, under at least one of them. */
  readonly areInsecure: boolean;
}

/**
 * The origins that browsers know the gateway by: one, or several as a list or separated by commas. They decide about
 * cookies and CSRF, so they are never guessed, and each must be told from the others by its host name alone.
 */
export function parsePublicUrls(value: unknown): PublicUrls {
  const entries: readonly unknown[] =
    typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : [value];
  const [first, ...others] = entries;
  if (others.length === 0) return publicUrls([parsePublicUrl(first)]);
  return publicUrls([parseEntry(first, 0), ...others.map((each, index) => parseEntry(each, index + 1))]);
}

/** The host of an origin, as browsers write it into Host. */
export function hostOf(origin: string): string {
  return new URL(origin).host;
}

function publicUrls([first, ...others]: readonly [URL, ...URL[]]): PublicUrls {
  const all = [first, ...others];
  for (const [index, url] of all.entries()) {
    for (const earlier of all.slice(0, index)) requireApart(earlier, url);
  }
  const insecure = all.filter(({ protocol, hostname }) => protocol === "http:" && !isLoopback(hostname));
  const [exposed] = insecure;
  if (exposed !== undefined && all.some(isHttps)) {
    throw new InvalidValue(
      `must not have ${exposed.origin} beside origins with https: accounts are the same under all of them, and a ` +
        "password that is read on the way opens the others",
    );
  }
  return { origins: [first.origin, ...others.map(({ origin }) => origin)], areInsecure: insecure.length > 0 };
}

function requireApart(first: URL, second: URL): void {
  if (first.origin === second.origin) throw new InvalidValue(`must not have ${first.origin} twice`);
  if (first.hostname !== second.hostname || !(isHttps(first) || isHttps(second))) return;
  throw new InvalidValue(
    `must not have ${first.origin} beside ${second.origin}: to browsers, cookies and the rule to use https alone are of ` +
      "a host name with all its ports. Give each a name of its own",
  );
}

function isHttps({ protocol }: URL): boolean {
  return protocol === "https:";
}

function parseEntry(value: unknown, index: number): URL {
  try {
    return parsePublicUrl(typeof value === "string" ? value.trim() : value);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(`must be right in its entry ${index + 1}, which ${error.message}`);
  }
}

function parsePublicUrl(value: unknown): URL {
  const text = parseText(value);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new InvalidValue("must be a URL that begins with https:// (or, on this machine alone, http://)");
  }
  if (!isHost(url.hostname)) {
    throw new InvalidValue(
      'must name one host, such as "login.example.com": no browser asks for any other. List several',
    );
  }
  // A path, a query or a user name is written by those who expect something of it that would not happen.
  if (originIn(text) === null) {
    throw new InvalidValue('must be an origin alone, such as "https://login.example.com": lower case, no path');
  }
  return url;
}
