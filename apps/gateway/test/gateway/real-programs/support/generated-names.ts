import fc from "fast-check";

/** Names that mean something to the gateway, to a proxy before it, or to a program behind it. */
const MEANINGFUL = [
  "remote-user",
  "remote-email",
  "remote-name",
  "remote-groups",
  "x-remote-user",
  "x-remote-groups",
  "authorization",
  "cookie",
  "host",
  "x-csrf",
  "proxy",
  "content-length",
  "content-type",
  "transfer-encoding",
  "script-name",
  "x-script-name",
  "path-info",
  "request-uri",
  "document-uri",
  "x-ingress-path",
  "x-accel-mapping",
  "x-sendfile-type",
  "x-original-url",
  "x-rewrite-url",
  "x-original-uri",
  "redirect-uri",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-prefix",
  "x-forwarded-uri",
  "forwarded",
  "x-real-ip",
  "x-scheme",
  "remote-addr",
  "server-name",
  "script-filename",
  "query-string",
];

/** What a name may consist of (RFC 9110, 5.6.2); with any other byte the gateway refuses the request. */
const PUNCTUATION = [..."!#$%&'*+.^_`|~-"];
const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];

/** With these the request would be another one, or none: what they do is tested elsewhere. */
const OF_THE_REQUEST =
  /^(host|cookie|authorization|content-length|transfer-encoding|connection|upgrade|expect|te|trailer|origin|accept|range|x-csrf|keep-alive|proxy-connection|(if|sec)-.*)$/i;

const separator = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("-", "_", ".", "--", "__", "-_", "") },
  { weight: 4, arbitrary: fc.constantFrom(...PUNCTUATION) },
  fc.constantFrom(...LETTERS),
);
const casing = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(-1) },
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const affix = fc.oneof(
  { weight: 8, arbitrary: fc.constant("") },
  fc.constantFrom("http-", "HTTP_", "x-", "X_", "redirect-", "REDIRECT_", "_", "-", ".", "~"),
  fc.constantFrom(...PUNCTUATION),
);

/** A meaningful name, otherwise written: with other separators and letters, more before it and behind. */
const disguised = fc
  .record({
    name: fc.constantFrom(...MEANINGFUL),
    separators: fc.array(separator, { minLength: 3, maxLength: 3 }),
    keepsSeparators: fc.boolean(),
    casing,
    prefix: affix,
    suffix: affix,
  })
  .map(({ name, separators, keepsSeparators, casing: upper, prefix, suffix }) => {
    let next = 0;
    const separated = keepsSeparators ? name : name.replaceAll("-", () => separators[next++ % 3] ?? "-");
    const written = [...separated].map((letter, at) => ((upper >> (at % 32)) & 1 ? letter.toUpperCase() : letter));
    return prefix + written.join("") + suffix;
  });
const arbitraryName = fc
  .array(fc.constantFrom(...PUNCTUATION, ...LETTERS), { minLength: 1, maxLength: 12 })
  .map((letters) => letters.join(""));

/** So many names, no two of them the same to HTTP. */
export function generatedNames(count: number, seed: number): readonly string[] {
  const arbitrary = fc.oneof({ weight: 6, arbitrary: disguised }, arbitraryName);
  const names = new Map<string, string>();
  // The generator repeats itself: of what it makes, about two thirds are new.
  for (let round = 0; names.size < count; round++) {
    for (const name of fc.sample(arbitrary, { seed: seed + round, numRuns: count })) {
      if (!OF_THE_REQUEST.test(name)) names.set(name.toLowerCase(), name);
    }
  }
  return [...names.values()].slice(0, count);
}

/** Each byte that no name may hold, in a name that means something. A colon would end the name. */
export function impossibleNames(): readonly string[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const allowed = new Set([...PUNCTUATION, ...LETTERS, ":"]);
  return bytes.filter((byte) => !allowed.has(byte)).flatMap((byte) => [`Remote${byte}Groups`, `Remote-Groups${byte}`]);
}
