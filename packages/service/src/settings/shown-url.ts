/** A URL for people. Its query may hold a key, so only the existence of a query is shown. */
export function shownUrl(text: string): string {
  const { origin, pathname, search } = new URL(text);
  return `${origin}${pathname}${search === "" ? "" : "?…"}`;
}
