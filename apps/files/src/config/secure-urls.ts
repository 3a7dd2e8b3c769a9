import { originIn } from "@coatcheck/service/parse-origin";
import type { Check } from "@coatcheck/service/settings/setting";
import { shownUrl } from "@coatcheck/service/settings/shown-url";
import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { parseText } from "@coatcheck/service/settings/value-types";
import { isLoopback } from "coatcheck/keys";

/** Whether plain http is allowed beyond this machine. */
export interface UrlSafety {
  readonly dangerouslyAllowInsecureHttp: boolean;
}

/** An origin alone, as browsers write it. Passes name it to the letter, so it is neither guessed nor corrected. */
export const originUrl: ValueType<string> = {
  parse(value) {
    const text = parseText(value);
    const url = parseUrl(text);
    // An operator who writes a path, a query or a user name expects an effect that it would not have.
    if (originIn(text) === null) {
      throw new InvalidValue('must be an origin alone, such as "https://files.example.com": lower case, no path');
    }
    return url.origin;
  },
  schema: { type: "string", pattern: "^https?://[^/?#]+/?$", examples: ["https://files.example.com"] },
};

/** The URL of the list of ended sessions, or null for "off". */
export const revocationsUrl: ValueType<string | null> = {
  parse: (value) => (value === "off" ? null : parseTrustedUrl(value)),
  schema: { anyOf: [{ enum: ["off"] }, { type: "string", pattern: "^[hH][tT][tT][pP][sS]?://" }] },
  show: (url) => [url === null ? "off" : shownUrl(url)],
};

/** The URL of something that decides which passes are accepted. */
export function parseTrustedUrl(value: unknown): string {
  const url = parseUrl(parseText(value));
  if (url.username !== "" || url.password !== "") throw new InvalidValue("must be a URL without a user name");
  return url.href;
}

/** Refuses plain http beyond this machine, where others can read and change the traffic. */
export function requireHttps<Value>(urlsIn: (value: Value) => readonly (string | null)[]): Check<Value, UrlSafety> {
  return (value, { dangerouslyAllowInsecureHttp }, env) => {
    if (dangerouslyAllowInsecureHttp || !urlsIn(value).some(isInsecure)) return;
    throw new InvalidValue(
      "must begin with https://: over plain http passes could be read, and keys be replaced, on the way. " +
        `Only ${env.dangerouslyAllowInsecureHttp}=true allows it`,
    );
  };
}

function isInsecure(url: string | null): boolean {
  if (url === null) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !isLoopback(hostname);
}

function parseUrl(text: string): URL {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) {
    throw new InvalidValue("must be a URL that begins with https:// (or, on this machine alone, http://)");
  }
  return url;
}
