import type { RequestTarget } from "./request-target.ts";

/** How a pass came, which decides how the children of a playlist get theirs. */
export type PassCarrier = "query" | "path" | "cookie";

export type PresentedPass =
  /** In a URL there is one. Of cookies there may be several, any of which may be the one that opens. */
  | { readonly outcome: "presented"; readonly tokens: readonly string[]; readonly carrier: PassCarrier }
  | { readonly outcome: "none" }
  /** Which of them counts, two readers could see differently (CWE-235). */
  | { readonly outcome: "several" };

/** As many as are looked at: for each a signature may have to be verified. */
const MAXIMUM_COOKIES = 4;

/**
 * The pass of a request. One in the URL outranks every cookie: the URL was made for this request, and a browser sends
 * cookies along that a page knows nothing of. A stranger's page may even have had one set, for this path or a narrower
 * one, which comes first; so of cookies none outranks another.
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
