// Any origin would do: the candidate must stay on it.
const BASE = "http://next.invalid";

/**
 * The place to send a user after login: `candidate` if it is a path on this origin, else `fallback`. The path is judged
 * as a browser reads it, and returned in normal form, so that the browser follows exactly the path that was judged
 * (CWE-601).
 */
export function safeNext(candidate: string | null | undefined, fallback = "/"): string {
  // Parsers read control characters and backslashes differently. No honest path has one.
  if (!candidate?.startsWith("/") || /[\p{Cc}\\]/u.test(candidate)) return fallback;
  if (!URL.canParse(candidate, BASE)) return fallback;
  const url = new URL(candidate, BASE);
  const path = url.pathname + url.search + url.hash;
  // Dot segments can leave "//host" behind, which a browser takes for another host.
  return url.origin === BASE && !path.startsWith("//") ? path : fallback;
}
