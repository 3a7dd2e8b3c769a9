import type { PathAllowance } from "./path-allowances.ts";

const ENCODED = /%[0-9A-Fa-f]{2}/g;
/** A percent sign that encodes nothing. */
const BROKEN = /%(?![0-9A-Fa-f]{2})/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
/** Visible characters that RFC 3986 does not allow in a path, though clients send them unencoded. */
const NEVER_PLAIN = /["<>^`{|}]/g;
/** A segment without any of these is just a name. */
const SUSPICIOUS = /[.%/\\;\p{Cc}]/u;

/** The decoded segment; adds the allowances that it needs to `needs`. Null for a segment that no allowance permits. */
export function readSegment(segment: string, needs: Set<PathAllowance>): string | null {
  if (BROKEN.test(segment)) return null;
  const name = segment.includes("%") ? decoded(segment, needs) : segment;
  if (name === null) return null;
  if (!SUSPICIOUS.test(name)) return name;
  if (/\p{Cc}/u.test(name) || isStep(name)) return null;
  if (name.includes(";")) needs.add("allowParameters");
  return name;
}

/** The segment as the gateway forwards it. */
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
  // Encoded characters that are data here stay encoded.
  const kept = segment.replaceAll(/%(2f|5c|25)/gi, (each) => `%25${each.slice(1).toUpperCase()}`);
  try {
    return decodeURIComponent(kept);
  } catch {
    needs.add("allowNonUtf8");
    return withoutUtf8(segment);
  }
}

/**
 * A segment in some 8-bit alphabet: its bytes beyond ASCII stay encoded. Null if one of them could be mistaken: a byte
 * that is a control character in ISO-8859-1, or that begins an overlong form of an ASCII character, which an old
 * decoder would take for that character.
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

/**
 * Whether the segment is or holds a dot segment: none of the names between its slashes may be one, whatever follows a
 * ";".
 */
function isStep(name: string): boolean {
  const parts = name.split(/[/\\]|%(?:2F|5C)/).map((part) => part.split(";", 1)[0] ?? "");
  return parts.some((part) => /^ *\.\.? *$/.test(part));
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
