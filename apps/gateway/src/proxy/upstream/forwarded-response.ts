import { rememberedByName } from "../../one-reading/remembered-names.ts";
import { isOriginWide } from "./origin-wide-headers.ts";

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Some shared caches obey only these (RFC 9213), and would keep for all users what Cache-Control calls private. */
const FOR_SHARED_CACHES = /^(([a-z0-9-]+-)?cdn-cache-control|surrogate-control|edge-control)$/;

export interface ReturnedHeadersOptions {
  readonly isOwnCookie: (name: string) => boolean;
  /** Whether the upstream decides who may read its answers: where no session is looked at. */
  readonly hasOwnCors: boolean;
}

/**
 * The headers of the response to the browser, names and values in turn. They are the upstream's, without hop-by-hop
 * headers, without those that have an effect beyond this answer, and without our own cookies: an upstream that could
 * set our cookie could log its visitors in as another user.
 */
export function returnedHeaders(
  rawHeaders: readonly string[],
  { isOwnCookie, hasOwnCors }: ReturnedHeadersOptions,
): readonly (readonly [string, string])[] {
  const nominated = nominatedIn(rawHeaders);
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const { name, kind } = returnedName(rawHeaders[index] ?? "");
    const value = rawHeaders[index + 1] ?? "";
    if (kind === "never" || nominated?.has(name) === true) continue;
    if (kind === "of_caches_and_readers" && !hasOwnCors) continue;
    if (kind === "cookie" && !isForeignCookie(value, isOwnCookie)) continue;
    pairs.push([name, value]);
  }
  return pairs;
}

interface ReturnedName {
  /** In lower case. */
  readonly name: string;
  readonly kind: "plain" | "never" | "of_caches_and_readers" | "cookie";
}

const returnedName: (name: string) => ReturnedName = rememberedByName((given) => {
  const name = given.toLowerCase();
  if (HOP_BY_HOP.has(name) || isOriginWide(name)) return { name, kind: "never" };
  if (name.startsWith("access-control-") || FOR_SHARED_CACHES.test(name)) {
    return { name, kind: "of_caches_and_readers" };
  }
  return { name, kind: name === "set-cookie" ? "cookie" : "plain" };
});

/** The names that the upstream's Connection header makes hop-by-hop; null for none. */
function nominatedIn(rawHeaders: readonly string[]): ReadonlySet<string> | null {
  let nominated: Set<string> | null = null;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (returnedName(rawHeaders[index] ?? "").name !== "connection") continue;
    nominated ??= new Set();
    for (const each of (rawHeaders[index + 1] ?? "").split(",")) nominated.add(each.trim().toLowerCase());
  }
  return nominated;
}

/**
 * As browsers read it, the name is what stands before the first "=". A cookie without a name is sent back as its value
 * alone, which may look like one of ours: none passes.
 */
function isForeignCookie(setCookie: string, isOwnCookie: (name: string) => boolean): boolean {
  const [pair = ""] = setCookie.split(";", 1);
  const separator = pair.indexOf("=");
  const name = pair.slice(0, Math.max(separator, 0)).trim();
  return name !== "" && !isOwnCookie(name);
}
