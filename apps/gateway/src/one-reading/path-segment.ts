import type { PathAllowance } from "./path-allowances.ts";

const ENCODED = /%[0-9A-Fa-f]{2}/g;
/** A percent sign that encodes nothing. */
const BROKEN = /%(?![0-9A-Fa-f]{2})/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
/** Visible, but no part of a path as RFC 3986 has it: clients send it plain all the same. */
const NEVER_PLAIN = /["<>^`{|}]/g;
/** Without any of these a segment is just a name. */
const SUSPICIOUS = /[.%/\\;\p{Cc}]/u;

/** The segment, decoded, and what it needs added to `needs`; null for one that nothing can allow. */
export function readSegment(segment: string, needs: Set<PathAllowance>): string | null {
  if (BROKEN.test(segment)) return null;
  const name = segment.includes("%") ? decoded(segment, needs) : segment;
  if (name === null) return null;
  if (!SUSPICIOUS.test(name)) return name;
  if (/\p{Cc}/u.test(name) || isStep(name)) return null;
  if (name.includes(";")) needs.add("allowParameters");
  return name;
}

/** As it is sent on. */
export function emittedSegment(segment: string): string {
  const plain = segment.replaceAll(NEVER_PLAIN, percentEncoded);
  if (!plain.includes("%")) return plain;
  return plain.replaceAll(ENCODED, (each) => {
    const character = String.fromCharCode(Number.parseInt(each.slice(1), 16));
    return UNRESERVED.test(character) ? character : each.toUpperCase();
  });
}

function decoded(segment: string, needs: Set<PathAllowance>): string | null {
  if (/%(2f|5c)/i.test(segment)) needs.add("allowEncodedSlash");
  if (segment.includes("%25")) needs.add("allowEncodedPercent");
  // What is data here stays written so.
  const kept = segment.replaceAll(/%(2f|5c|25)/gi, (each) => `%25${each.slice(1).toUpperCase()}`);
  try {
    return decodeURIComponent(kept);
  } catch {
    needs.add("allowNonUtf8");
    return withoutUtf8(segment);
  }
}

/**
 * A segment of some 8-bit alphabet: its bytes beyond ASCII stay encoded. Null where one could be told for something else:
 * a byte that is a control character in ISO-8859-1, or that begins an overlong form of a character of ASCII, which an
 * old decoder would take for that character.
 */
function withoutUtf8(segment: string): string | null {
  let isUnclear = false;
  const name = segment.replaceAll(ENCODED, (each) => {
    const code = Number.parseInt(each.slice(1), 16);
    isUnclear ||= (code >= 0x80 && code < 0xa0) || code === 0xc0 || code === 0xc1;
    const character = String.fromCharCode(code);
    return code >= 0x80 || "/\\%".includes(character) ? each.toUpperCase() : character;
  });
  return isUnclear ? null : name;
}

/** Whatever slashes it holds: none of the names between them may be a step elsewhere, whatever follows after ";". */
function isStep(name: string): boolean {
  const parts = name.split(/[/\\]|%(?:2F|5C)/).map((part) => part.split(";", 1)[0] ?? "");
  return parts.some((part) => /^ *\.\.? *$/.test(part));
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
