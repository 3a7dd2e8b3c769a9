import { originIn } from "@coatcheck/service/parse-origin";
import { InvalidValue, parseText } from "@coatcheck/service/parse-values";
import { isLoopback, KeyEncryption } from "coatcheck/keys";
import { type AccessPath, MAXIMUM_PASS_LIFETIME_SECONDS, readAccessPath } from "coatcheck/passes";
import { SecretText } from "./secret-text.ts";

/** Parsers of the settings about signed access. */

/** An origin: passes are for a whole service, and what they open stands in them from its root. */
export function parseFilesUrl(value: unknown): string {
  const text = parseText(value);
  const url = originIn(text);
  if (url === null) {
    throw new InvalidValue('must be an origin such as "https://files.example.com": lower case, no path');
  }
  // Whoever reads along has the URL, and with it the file, for as long as the pass is good.
  if (url.protocol === "http:" && !isLoopback(url.hostname)) throw new InvalidValue("must begin with https://");
  return url.origin;
}

/** Paths and prefixes, as a list or separated by commas. */
export function parsePassPaths(value: unknown): readonly AccessPath[] {
  const entries = typeof value === "string" ? value.split(",").map((entry) => entry.trim()) : value;
  if (!Array.isArray(entries)) throw new InvalidValue("must be a list of paths");
  return entries
    .filter((entry) => entry !== "")
    .map((entry: unknown) => {
      const path = typeof entry === "string" ? readAccessPath(entry) : null;
      if (path === null) throw new InvalidValue('must hold paths such as "/songs/" (all below) or "/terms.pdf"');
      if (String(entry).includes("*")) throw new InvalidValue('must hold no "*": "/songs/" is for all below');
      return path;
    });
}

export function parsePassRuleUrl(value: unknown): string {
  const text = parseText(value);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new InvalidValue("must be a URL of the application");
  // What answers there decides who may open what, and it is sent the user's identity token.
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new InvalidValue("must begin with https://, unless the application is on this machine");
  }
  return url.href;
}

export function parsePassLifetime(value: unknown): number {
  const number = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value;
  const isRight = Number.isInteger(number) && Number(number) >= 1 && Number(number) <= MAXIMUM_PASS_LIFETIME_SECONDS;
  if (!isRight) throw new InvalidValue(`must be a whole number of seconds from 1 to ${MAXIMUM_PASS_LIFETIME_SECONDS}`);
  return Number(number);
}

export function parseKeyEncryptionKey(value: unknown): SecretText {
  const text = parseText(value);
  try {
    new KeyEncryption(text);
  } catch {
    throw new InvalidValue("must be 32 random bytes, as 43 characters of base64url");
  }
  return new SecretText(text);
}
