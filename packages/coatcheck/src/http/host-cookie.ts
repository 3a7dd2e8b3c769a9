import type { PublicOrigin } from "./public-origin.ts";

/**
 * The content of the Cookie header under this cookie's name. `several` is an attack or a fault, and never a reason to
 * choose one.
 */
export type CookieReading =
  | { readonly found: "none" }
  | { readonly found: "one"; readonly value: string }
  | { readonly found: "several" };

const SPACE = 0x20;
const TAB = 0x09;
const NONE: CookieReading = { found: "none" };
const SEVERAL: CookieReading = { found: "several" };

/**
 * HostCookie reads and writes a cookie of this host alone, out of reach of scripts. On https its name should begin with
 * `__Host-Http-`: browsers that know the prefix accept it only over https, for this host, and from a response, never
 * from a script; older ones still apply the rules of `__Host-` (RFC 6265bis; draft-ietf-httpbis-layered-cookies). On
 * loopback http no prefix works in every browser. There the name contains the port, which cookies ignore, so that no
 * application on another port overwrites it.
 */
export class HostCookie {
  /** The name of the cookie, which differs between https and loopback http. */
  readonly name: string;
  readonly #attributes: string;

  constructor(origin: PublicOrigin, names: { readonly secure: string; readonly loopback: string }) {
    this.name = origin.isSecure ? names.secure : names.loopback;
    // Lax, not Strict: a link from another site must find the user signed in. Unsafe requests have a guard of their
    // own.
    this.#attributes = `; Path=/; HttpOnly${origin.isSecure ? "; Secure" : ""}; SameSite=Lax`;
  }

  /** Linear in the header's length. Names match exactly, in case too; a cookie without a name never matches. */
  read(header: string | null): CookieReading {
    if (header === null || !header.includes(this.name)) return NONE;
    let value: string | null = null;
    let separator = -1;
    for (let start = 0; start <= header.length; ) {
      const end = indexOrEnd(header, ";", start);
      // Not searched again for each pair: a long row of pairs without a value would be read to its end each time.
      if (separator < start) separator = indexOrEnd(header, "=", start);
      if (separator < end && this.#isName(header, start, separator)) {
        if (value !== null) return SEVERAL;
        value = withoutSpace(header, separator + 1, end);
      }
      start = end + 1;
    }
    return value === null ? NONE : { found: "one", value };
  }

  /** Most pairs are other cookies, whose names differ in length. */
  #isName(header: string, start: number, end: number): boolean {
    const { name } = this;
    return end - start >= name.length && withoutSpace(header, start, end) === name;
  }

  /**
   * The Set-Cookie value; with `maximumAgeSeconds` null the cookie ends with the browser session. `value` is base64url.
   */
  write(value: string, maximumAgeSeconds: number | null): string {
    const age = maximumAgeSeconds === null ? "" : `; Max-Age=${maximumAgeSeconds}`;
    return `${this.name}=${value}${this.#attributes}${age}`;
  }

  /** The Set-Cookie value that deletes the cookie: same name, same attributes, and an age of zero. */
  clear(): string {
    return `${this.name}=${this.#attributes}; Max-Age=0`;
  }
}

/**
 * A part of the text without surrounding spaces and tabs, and nothing else: `trim` would also remove other Unicode
 * white space. With such a character before the name, a sibling domain could set a cookie of this name that escapes the
 * rules of the prefix.
 */
function withoutSpace(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  // Not a pattern, which would start anew at every space of a long run inside.
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function indexOrEnd(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? text.length : index;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function sessionCookie(origin: PublicOrigin): HostCookie {
  return new HostCookie(origin, { secure: "__Host-Http-session", loopback: `coatcheck-${origin.port}` });
}
