import { resolve } from "node:path";
import { shownUrl } from "@coatcheck/service/settings/shown-url";
import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { parseTrustedUrl } from "./secure-urls.ts";

/** The place of the keys that verify passes: a JWK set (RFC 7517). */
export type KeysLocation =
  | { readonly kind: "url"; readonly url: string }
  /** Absolute. Read once, at the start. */
  | { readonly kind: "file"; readonly path: string };

export const keysLocation: ValueType<KeysLocation> = {
  parse(value) {
    if (typeof value !== "string" || value.trim() === "")
      throw new InvalidValue("must be a URL, or the path of a file");
    if (/^https?:/i.test(value)) return { kind: "url", url: parseTrustedUrl(value) };
    return { kind: "file", path: resolve(value) };
  },
  schema: { type: "string", minLength: 1 },
  show: (location) => [location.kind === "url" ? shownUrl(location.url) : location.path],
};
