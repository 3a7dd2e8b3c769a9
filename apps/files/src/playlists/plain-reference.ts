/** Some readers remove these characters, and others end the line there. */
const CONTROL_OR_LINE_END = /[\p{Cc}\u2028\u2029]/u;
const SCHEME_OR_COLON = /^[^/?#]*:/;
/** Readers that decode first see dots here, and others see names. */
const ENCODED_DOT = /%2e/i;
const BROKEN_ENCODING = /%(?![0-9a-f]{2})/i;

/**
 * A reference of this origin that every reader understands in the same way: by RFC 3986, by the URL standard of browsers, and
 * by players that follow neither. Null for any other reference. Spaces and letters beyond ASCII are plain: honest programs
 * write them, and only their encoding differs.
 */
export function readPlainReference(text: string, base: string): { pathname: string; search: string } | null {
  const reference = withoutSpacesAround(text);
  // Some readers take a backslash for a slash. The player replaces {$…}, which may lead it elsewhere.
  if (CONTROL_OR_LINE_END.test(reference) || reference.includes("\\") || reference.includes("{$")) return null;
  if (reference === "" || reference.startsWith("#") || BROKEN_ENCODING.test(reference)) return null;
  const { origin } = new URL(base);
  if (!staysOn(origin, reference) || !URL.canParse(reference, base)) return null;
  const url = new URL(reference, base);
  if (url.origin !== origin || url.username !== "" || url.password !== "") return null;
  const [path = ""] = reference.split(/[?#]/, 1);
  return ENCODED_DOT.test(path) ? null : url;
}

/**
 * Whether the reference stays on this origin, judged by its text: a reference with a host must name this origin to the
 * letter, and a text that seems to have a scheme counts as having one.
 */
function staysOn(origin: string, reference: string): boolean {
  const start = `${reference.slice(0, origin.length).toLowerCase()}${reference.slice(origin.length, origin.length + 1)}`;
  if (SCHEME_OR_COLON.test(reference)) return start === `${origin}/`;
  if (!reference.startsWith("//")) return true;
  const authority = origin.slice(origin.indexOf("//"));
  return reference.slice(0, authority.length + 1).toLowerCase() === `${authority}/`;
}

/** Players leave out surrounding spaces. A regular expression for those at the end would take quadratic time. */
function withoutSpacesAround(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === " ") start++;
  while (end > start && text[end - 1] === " ") end--;
  return text.slice(start, end);
}
