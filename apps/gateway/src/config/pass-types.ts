import { originIn } from "@coatcheck/service/parse-origin";
import { shownUrl } from "@coatcheck/service/settings/shown-url";
import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { listOf, parseText, wholeNumber } from "@coatcheck/service/settings/value-types";
import { isLoopback, KeyEncryption } from "coatcheck/keys";
import { type AccessPath, MAXIMUM_PASS_LIFETIME_SECONDS, readAccessPath } from "coatcheck/passes";
import { SecretText } from "./secret-text.ts";

/** The origin of the file service: a pass is for the whole service, and its paths begin at the root. */
export const filesOrigin: ValueType<string> = {
  parse(value) {
    const url = originIn(parseText(value));
    if (url === null) {
      throw new InvalidValue('must be an origin such as "https://files.example.com": lower case, no path');
    }
    // Anyone who can read the traffic would have the URL, and with it the file, as long as the pass is valid.
    if (url.protocol === "http:" && !isLoopback(url.hostname)) throw new InvalidValue("must begin with https://");
    return url.origin;
  },
  schema: { type: "string", pattern: "^https?://[^/?#]+/?$", examples: ["https://files.example.com"] },
};

const accessPath: ValueType<AccessPath> = {
  parse(value) {
    const path = typeof value === "string" ? readAccessPath(value) : null;
    if (path === null) throw new InvalidValue('must be a path such as "/songs/" (all below) or "/terms.pdf"');
    if (String(value).includes("*")) throw new InvalidValue('must have no "*": "/songs/" is for all below');
    return path;
  },
  schema: { type: "string", pattern: "^/[^*?#]*$", examples: ["/songs/", "/terms.pdf"] },
  show: ({ text }) => [text],
};

export const accessPaths: ValueType<readonly AccessPath[]> = listOf(accessPath, "paths");

export const ruleUrl: ValueType<string> = {
  parse(value) {
    const text = parseText(value);
    const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
    if (url === null) throw new InvalidValue("must be a URL of the application");
    // `fetch` cannot send them as part of a URL, and `config check` would show them.
    if (url.username !== "" || url.password !== "") {
      throw new InvalidValue("must have no user name or password in it: each question carries an identity token");
    }
    // The answer decides who may open which path, and the question carries the user's identity token.
    if (url.protocol === "http:" && !isLoopback(url.hostname)) {
      throw new InvalidValue("must begin with https://, unless the application is on this machine");
    }
    return url.href;
  },
  schema: { type: "string", pattern: "^[hH][tT][tT][pP][sS]?://", examples: ["https://app.example.com/may-open"] },
  show: (url) => [shownUrl(url)],
};

export const passLifetime: ValueType<number> = wholeNumber({
  minimum: 1,
  maximum: MAXIMUM_PASS_LIFETIME_SECONDS,
  unit: "seconds",
});

export const keyEncryptionSecret: ValueType<SecretText> = {
  parse(value) {
    const text = parseText(value);
    try {
      new KeyEncryption(text);
    } catch {
      throw new InvalidValue("must be 32 random bytes, as 43 characters of base64url");
    }
    return new SecretText(text);
  },
  schema: { type: "string", pattern: "^[A-Za-z0-9_-]{43}$" },
};
