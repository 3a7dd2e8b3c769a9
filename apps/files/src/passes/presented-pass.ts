import type { RequestTarget } from "./request-target.ts";

/** The place of a pass in a request. It decides how the children of a playlist get their pass. */
export type PassCarrier = "query" | "path" | "cookie";

export type PresentedPass =
  /** A URL has one pass. There may be several cookies, and any of them may be the one that opens the file. */
  | { readonly outcome: "presented"; readonly tokens: readonly string[]; readonly carrier: PassCarrier }
  | { readonly outcome: "none" }
  /** Two readers could disagree on the pass that counts (CWE-235). */
  | { readonly outcome: "several" };

/** The number of cookies that are tried: each may need the verification of a signature. */
const MAXIMUM_COOKIES = 4;

/**
 * The pass of a request. A pass in the URL outranks every cookie: the URL was made for this request, while a browser adds
 * cookies on its own. A stranger's page may even have set a cookie for this path or a narrower one, which comes first. So no
 * cookie outranks another.
 */
export function presentedPass(
  { passInPath, passesInQuery }: RequestTarget,
  passesInCookies: readonly string[],
): PresentedPass {
  const inUrl = passInPath === null ? passesInQuery : [passInPath, ...passesInQuery];
  if (inUrl.length > 1) return { outcome: "several" };
  if (inUrl.length === 1)
    return { outcome: "presented", tokens: inUrl, carrier: passInPath === null ? "query" : "path" };
  if (passesInCookies.length === 0) return { outcome: "none" };
  return { outcome: "presented", tokens: passesInCookies.slice(0, MAXIMUM_COOKIES), carrier: "cookie" };
}
