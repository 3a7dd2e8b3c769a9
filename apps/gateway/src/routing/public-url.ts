import { isHost, originIn } from "@coatcheck/service/parse-origin";
import type { Check } from "@coatcheck/service/settings/setting";
import { InvalidValue, type ValueType, within } from "@coatcheck/service/settings/value-type";
import { parseText } from "@coatcheck/service/settings/value-types";
import { isLoopback } from "coatcheck/keys";

/** In the form in which browsers serialise origins, the primary one first. */
export type PublicOrigins = readonly [string, ...string[]];

const ORIGIN_SCHEMA = {
  type: "string",
  pattern: "^https?://[^/?#]+/?$",
  examples: ["https://login.example.com"],
} as const;

/**
 * The origins under which browsers know the gateway: one, or a list, which is a text with commas in the environment.
 * They decide about cookies and CSRF, so they are never guessed, and each must differ from the others in its host name
 * alone.
 */
export const publicOrigins: ValueType<PublicOrigins> = {
  parse(value) {
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
    const [first, ...others] = entries;
    if (others.length === 0) return originsOf([parsePublicUrl(first)]);
    return originsOf([parseEntry(first, 0), ...others.map((each, index) => parseEntry(each, index + 1))]);
  },
  // An empty entry is kept, and then refused: a script may have failed to fill in a host name.
  fromText: (text) => (text.includes(",") ? text.split(",").map((entry) => entry.trim()) : text),
  schema: { anyOf: [ORIGIN_SCHEMA, { type: "array", items: ORIGIN_SCHEMA, minItems: 1 }] },
  show: (origins) => origins,
};

export interface HttpSafety {
  readonly dangerouslyAllowInsecureHttp: boolean;
}

/** Refuses plain http beyond this machine, where others can read and change the traffic. */
export const requireSecureOrigins: Check<PublicOrigins, HttpSafety> = (
  origins,
  { dangerouslyAllowInsecureHttp },
  env,
) => {
  if (dangerouslyAllowInsecureHttp || !origins.some((origin) => isInsecure(new URL(origin)))) return;
  throw new InvalidValue(
    "must begin with https://: over plain http the session cookie could be read and stolen on the way. " +
      `Only ${env.dangerouslyAllowInsecureHttp}=true allows it`,
  );
};

/** The host of an origin, as browsers write it into Host. */
export function hostOf(origin: string): string {
  return new URL(origin).host;
}

function originsOf([first, ...others]: readonly [URL, ...URL[]]): PublicOrigins {
  const all = [first, ...others];
  for (const [index, url] of all.entries()) {
    for (const earlier of all.slice(0, index)) requireApart(earlier, url);
  }
  const exposed = all.find(isInsecure);
  if (exposed !== undefined && all.some(isHttps)) {
    throw new InvalidValue(
      `must not have ${exposed.origin} beside origins with https: accounts are the same under all of them, and a ` +
        "password that is read on the way opens the others",
    );
  }
  return [first.origin, ...others.map(({ origin }) => origin)];
}

function requireApart(first: URL, second: URL): void {
  if (first.origin === second.origin) throw new InvalidValue(`must not have ${first.origin} twice`);
  if (first.hostname !== second.hostname || !(isHttps(first) || isHttps(second))) return;
  throw new InvalidValue(
    `must not have ${first.origin} beside ${second.origin}: browsers keep cookies, and the rule to use https alone, for a ` +
      "host name with all its ports. Give each origin a host name of its own",
  );
}

function isHttps({ protocol }: URL): boolean {
  return protocol === "https:";
}

function isInsecure({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && !isLoopback(hostname);
}

function parseEntry(value: unknown, index: number): URL {
  return within(`entry ${index + 1}`, () => parsePublicUrl(value));
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
  // An operator who writes a path, a query or a user name expects an effect that it would not have.
  if (originIn(text) === null) {
    throw new InvalidValue('must be an origin alone, such as "https://login.example.com": lower case, no path');
  }
  return url;
}
