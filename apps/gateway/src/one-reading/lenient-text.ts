/** A path that still changes after so many decodings is nothing that a client needs. */
const MAXIMUM_DECODINGS = 8;
/** Free of characters beyond ASCII, of encoded ones, and of those at which a URL parser cuts. */
const SETTLED = /^[ -"$&->@-~]*$/;
const BYTES = /(?:%[0-9A-F]{2})+/gi;
const OTHER_BYTE = /%[89A-F][0-9A-F]/;

/**
 * The texts that lenient programs make of a decided path (`RequestTarget.path`): they decode until nothing is left to
 * decode, replace each letter by the one it looks like, and cut where a URL would have its query. Null if a text has a
 * control character, or does not settle.
 */
export function leniently(path: string): readonly string[] | null {
  if (SETTLED.test(path)) return [path];
  // Some programs leave out the bytes that they cannot read.
  const texts = OTHER_BYTE.test(path) ? [path, path.replaceAll(new RegExp(OTHER_BYTE, "g"), "")] : [path];
  const found: string[] = [];
  for (const each of texts) {
    const text = settled(each);
    if (text === null) return null;
    found.push(text);
    const [cut = ""] = text.split(/[?#]/, 1);
    if (cut.length < text.length) found.push(cut);
  }
  return found;
}

function settled(path: string): string | null {
  let text = path;
  for (let decodings = 0; decodings < MAXIMUM_DECODINGS; decodings++) {
    const next = lookingAlike(decodedOnce(text));
    if (/\p{Cc}/u.test(next)) return null;
    if (next === text) return text;
    text = next;
  }
  return null;
}

/** By Unicode's NFKD, without accents: "Ａ", "ſ" and "é" are "A", "s" and "e". */
function lookingAlike(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
}

/** Decodes as UTF-8 where the bytes are valid UTF-8, else one character a byte; "%u0041" is Microsoft's form. */
function decodedOnce(text: string): string {
  if (!text.includes("%")) return text;
  return text
    .replaceAll(/%u([0-9A-F]{4})/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll(BYTES, (bytes) => {
      try {
        return decodeURIComponent(bytes);
      } catch {
        return Buffer.from(bytes.replaceAll("%", ""), "hex").toString("latin1");
      }
    });
}
