// Any origin would do: the candidate must stay on it, whatever it is.
const BASE = "http://next.invalid";

/**
 * Where to send a user after login: `candidate` if it is a path on this origin, else `fallback`. Judged by what a
 * browser would make of it, and returned in normal form, so that what was judged is what is followed (CWE-601).
 */
export function safeNext(candidate: string | null | undefined, fallback = "/"): string {
  // Control characters and backslashes are read differently by different parsers: no honest path of ours has one.
  if (!candidate?.startsWith("/") || /[\p{Cc}\\]/u.test(candidate)) return fallback;
  if (!URL.canParse(candidate, BASE)) return fallback;
  const url = new URL(candidate, BASE);
  const path = url.pathname + url.search + url.hash;
  // Dot segments can leave "//host" behind, which a browser takes for another host.
  return url.origin === BASE && !path.startsWith("//") ? path : fallback;
}
