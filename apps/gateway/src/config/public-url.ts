import { InvalidValue, parseText } from "@coatcheck/service/parse-values";
import { isLoopback } from "coatcheck";

export interface PublicUrl {
  /** As browsers serialise an origin. */
  readonly origin: string;
  /** Anybody between browser and gateway can read and change what passes. */
  readonly isInsecure: boolean;
}

/** The one origin that browsers know the gateway by. It decides about cookies and CSRF, so it is never guessed. */
export function parsePublicUrl(value: unknown): PublicUrl {
  if (Array.isArray(value) ? value.length > 1 : String(value).includes(",")) {
    throw new InvalidValue("must be one URL: several are not supported by this version");
  }
  const text = parseText(Array.isArray(value) ? value[0] : value);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new InvalidValue("must be a URL that begins with https:// (or, on this machine alone, http://)");
  }
  // Whoever wrote a path, a query or a user name expects something of it that would not happen.
  if (text.replace(/\/$/, "") !== url.origin) {
    throw new InvalidValue('must be an origin alone, such as "https://login.example.com": lower case, no path');
  }
  return { origin: url.origin, isInsecure: url.protocol === "http:" && !isLoopback(url.hostname) };
}
