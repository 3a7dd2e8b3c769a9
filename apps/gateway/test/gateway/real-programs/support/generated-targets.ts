import fc from "fast-check";

export interface GeneratedRequest {
  readonly method: string;
  /** What stands in the request line; `{host}` is the program's. */
  readonly target: string;
}

/** Each of them is guarded; "tasks" has letters that others fold to: U+017F to "s", U+212A to "k". */
const GUARDED = ["admin", "tasks"];

const hex = (letter: string) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;
const FOLDED: Readonly<Record<string, readonly string[]>> = {
  s: ["%C5%BF", "%ef%bd%93"],
  k: ["%E2%84%AA", "%ef%bd%8b"],
  i: ["%C4%B0", "%c4%b1"],
  a: ["%EF%BD%81", "%c1%a1", "%e1%b4%80"],
};
const WRITINGS: readonly ((letter: string) => string)[] = [
  (letter) => letter.toUpperCase(),
  hex,
  (letter) => hex(letter.toUpperCase()),
  (letter) => hex(letter).toUpperCase(),
  (letter) => `%25${hex(letter).slice(1)}`,
  (letter) => hex(letter).replaceAll(/[0-9a-f]/g, hex),
  (letter) => `%u00${hex(letter).slice(1)}`,
  (letter) => FOLDED[letter]?.[0] ?? letter,
  (letter) => FOLDED[letter]?.[1] ?? letter,
  (letter) => `${letter};x`,
  (letter) => `${letter}%00`,
];

/** A guarded name in which some letters are written otherwise. */
const guarded = fc
  .tuple(
    fc.constantFrom(...GUARDED),
    fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: WRITINGS.length - 1 })), { maxLength: 3 }),
  )
  .map(([name, changes]) => {
    const letters = [...name];
    for (const [at, writing] of changes) letters[at] = WRITINGS[writing]?.(name[at] ?? "") ?? "";
    return letters.join("");
  });
const harmless = fc.constantFrom(
  "x",
  "panel",
  "public",
  "a%20b",
  "caf%C3%A9",
  "~ada",
  "v1.2",
  "@me",
  "%40",
  "a+b",
  "a=b",
);
const strange = fc.oneof(
  fc.constantFrom("", ".", "..", "%2e", "%2e%2e", ".%2E", "..;", ".;x", ";", ";x=1", "...", "%252e%252e", "\\", "%5c"),
  fc.constantFrom(
    "index.php",
    "x.php",
    "INDEX.PHP",
    "index.php5",
    "index.php%20",
    "echo.cgi",
    "index.php.",
    "%69ndex.php",
  ),
  fc.constantFrom("%00", "%0a", "%0d%0a", "%09", "%7f", "%20", "%3f", "%23", "%3b", "%25", "%", "%a", "%zz", "%u002e"),
  fc.constantFrom(
    "%c0%af",
    "%c0%ae%c0%ae",
    "%e0%80%af",
    "%ff",
    "%c3",
    "%ed%a0%80",
    "%f4%90%80%80",
    "%ef%bc%8f",
    "%e2%80%ae",
  ),
  fc.string({ maxLength: 3, unit: "binary-ascii" }).map((text) => text.replaceAll(/[\0-\x20]/g, "")),
);
const segment = fc.oneof(
  { weight: 5, arbitrary: guarded },
  { weight: 4, arbitrary: harmless },
  { weight: 4, arbitrary: strange },
  { weight: 1, arbitrary: fc.tuple(guarded, strange).map(([name, more]) => name + more) },
);
const slash = fc.oneof(
  { weight: 30, arbitrary: fc.constant("/") },
  fc.constantFrom("//", "%2f", "%2F", "\\", "%5c", "/./", "/%2e/", "%252f", "%c0%af", ";/", "/;/", "///"),
);
const path = fc
  .array(fc.tuple(slash, segment), { minLength: 1, maxLength: 4 })
  .map((steps) => steps.map(([before, name]) => before + name).join(""));
const query = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  fc.constantFrom("?", "?/admin/panel", "?/../admin/", "?a=1", "?#/admin/", "#/admin", "?x=%00", "?_path=/admin/"),
);
const target = fc.oneof(
  { weight: 40, arbitrary: fc.tuple(path, query).map(([way, more]) => way + more) },
  { weight: 10, arbitrary: fc.tuple(path, query).map(([way, more]) => `/lenient${way}${more}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom("http://{host}", "https://{host}", "HTTP://{host}:443", "http://x@{host}", "//{host}"),
        path,
      )
      .map(([origin, way]) => origin + way),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("", "*", "?", "admin", "http:", ":"), path).map(([a, b]) => a + b) },
);
/** Those that a script of ours may send. */
const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant("GET") },
  fc.constantFrom("POST", "PUT", "DELETE", "OPTIONS"),
);

/** So many requests, without those that are there already: the generator repeats itself. */
export function generatedRequests(count: number, seed: number): readonly GeneratedRequest[] {
  const generated = fc.sample(fc.record({ method, target }), { seed, numRuns: count });
  return [...new Map(generated.map((request) => [`${request.method} ${request.target}`, request])).values()];
}
