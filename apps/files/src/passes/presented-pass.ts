import type { RequestTarget } from "./request-target.ts";

/** How a pass came, which decides how the children of a playlist get theirs. */
export type PassCarrier = "query" | "path" | "cookie";

export type PresentedPass =
  | { readonly outcome: "presented"; readonly token: string; readonly carrier: PassCarrier }
  | { readonly outcome: "none" }
  /** Which of them counts, two readers could see differently (CWE-235). */
  | { readonly outcome: "several" };

/**
 * The one pass of a request. A browser sends a cookie along whether or not the page meant it to; so where a new one is
 * asked for, the old one is not a second pass, but what is being replaced.
 */
export function presentedPass(
  { passInPath, passesInQuery, asksForCookie }: RequestTarget,
  passesInCookies: readonly string[],
): PresentedPass {
  const inUrl: PresentedPass[] = passesInQuery.map((token) => ({ outcome: "presented", token, carrier: "query" }));
  if (passInPath !== null) inUrl.push({ outcome: "presented", token: passInPath, carrier: "path" });
  const isReplacing = asksForCookie && inUrl.length === 1;
  const inCookies: PresentedPass[] = isReplacing
    ? []
    : passesInCookies.map((token) => ({ outcome: "presented", token, carrier: "cookie" }));
  const [first = { outcome: "none" }, ...others] = [...inUrl, ...inCookies];
  return others.length > 0 ? { outcome: "several" } : first;
}
