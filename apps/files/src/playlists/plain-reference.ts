/** Taken out by some readers, the end of the line for others. */
const CONTROL_OR_LINE_END = /[\p{Cc}\u2028\u2029]/u;
const SCHEME_OR_COLON = /^[^/?#]*:/;
/** Dots for those who decode before they look for dots, and names for others. */
const ENCODED_DOT = /%2e/i;
const BROKEN_ENCODING = /%(?![0-9a-f]{2})/i;

/**
 * A reference of this very origin that every reader takes for the same one: by RFC 3986, by the URL standard of browsers,
 * and by the players that follow neither. Null for any other. Spaces and letters beyond ASCII are plain, for they stand
 * in the playlists of honest programs, and only their encoding differs.
 */
export function readPlainReference(text: string, base: string): { pathname: string; search: string } | null {
  const reference = withoutSpacesAround(text);
  // A backslash is a slash to some. What stands in place of {$…}, the player decides, and may be led elsewhere by it.
  if (CONTROL_OR_LINE_END.test(reference) || reference.includes("\\") || reference.includes("{$")) return null;
  if (reference === "" || reference.startsWith("#") || BROKEN_ENCODING.test(reference)) return null;
  const { origin } = new URL(base);
  if (!staysOn(origin, reference) || !URL.canParse(reference, base)) return null;
  const url = new URL(reference, base);
  if (url.origin !== origin || url.username !== "" || url.password !== "") return null;
  const [path = ""] = reference.split(/[?#]/, 1);
  return ENCODED_DOT.test(path) ? null : url;
}

/** By the text: what names a host names ours, to the letter, and what seems to have a scheme has one. */
function staysOn(origin: string, reference: string): boolean {
  const start = `${reference.slice(0, origin.length).toLowerCase()}${reference.slice(origin.length, origin.length + 1)}`;
  if (SCHEME_OR_COLON.test(reference)) return start === `${origin}/`;
  if (!reference.startsWith("//")) return true;
  const authority = origin.slice(origin.indexOf("//"));
  return reference.slice(0, authority.length + 1).toLowerCase() === `${authority}/`;
}

/** As players leave them out. An expression for those at the end would take the square of their number. */
function withoutSpacesAround(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === " ") start++;
  while (end > start && text[end - 1] === " ") end--;
  return text.slice(start, end);
}
