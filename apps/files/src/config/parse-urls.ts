import { originIn } from "@coatcheck/service/parse-origin";
import { InvalidValue, parseList, parseText } from "@coatcheck/service/parse-values";

export interface UrlOptions {
  readonly dangerouslyAllowInsecureHttp: boolean;
}

/** An origin alone, as browsers write it. Passes name it to the letter, so nothing is guessed or put right. */
export function parseOrigin(value: unknown, options: UrlOptions): string {
  const text = parseText(value);
  const url = parseUrl(text, options);
  // Whoever wrote a path, a query or a user name expects something of it that would not happen.
  if (originIn(text) === null) {
    throw new InvalidValue('must be an origin alone, such as "https://files.example.com": lower case, no path');
  }
  return url.origin;
}

/** Origins, as a list or separated by commas. "*" is none of them: credentials are allowed to each. */
export function parseOrigins(value: unknown, options: UrlOptions): readonly string[] {
  return parseList(value).map((origin) => parseOrigin(origin, options));
}

/** A URL that what is read from decides whom to believe, so nobody on the way may be able to change it. */
export function parseTrustedUrl(value: unknown, options: UrlOptions): string {
  const url = parseUrl(parseText(value), options);
  if (url.username !== "" || url.password !== "") throw new InvalidValue("must be a URL without a user name");
  return url.href;
}

function parseUrl(text: string, { dangerouslyAllowInsecureHttp }: UrlOptions): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new InvalidValue("must be a URL that begins with https:// (or, on this machine alone, http://)");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !dangerouslyAllowInsecureHttp) {
    throw new InvalidValue(
      "must begin with https://: over plain http passes could be read, and keys be replaced, on the way. " +
        "Only COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP=true allows it",
    );
  }
  return url;
}

/** Host names that can only mean this machine (RFC 6761, 6.3), as URL parsers give them. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(hostname);
}
