import fc from "fast-check";

/** Where the playlists of these tests are, and which host is not to be told their pass. */
export const HOME = "http://files.example";
export const PLAYLIST_PATH = "/films/live/index.m3u8";
const STRANGER = "evil.example";

/** One of these words, or none, or one of what has a space or less in it. */
const oneOf = (words: string, ...others: readonly string[]) => fc.constantFrom(...words.split(" "), ...others);
const some = (part: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(part, { maxLength }).map((parts) => parts.join(""));

const scheme = oneOf("http: https: HTTP: ftp: data: javascript: x: http :", "", "", "", "", "", "", "", "ht\ttp:");
const slashes = oneOf("/ / // /// \\ \\\\ /\\ \\/ ./ ../ /./ /../", "", "", "", " /", "\t//");
const host = oneOf(
  `files.example files.example:80 files.example: FILES.example files.example. files.example:8080 xn--files.example ` +
    `${STRANGER} ${STRANGER}:80 ${STRANGER}\\ ${STRANGER}# ${STRANGER}? [::1] [::ffff:127.0.0.1] 127.1 0x7f000001 ` +
    `files.example@${STRANGER} files.example:80@${STRANGER} files.example\\@${STRANGER} files.example%00.${STRANGER} ` +
    `files.example/@${STRANGER} a:b@files.example files.example;${STRANGER} files.example,${STRANGER} ｆiles.example ` +
    `files。example ${STRANGER}／ files.example\u2024${STRANGER}`,
);
const name = oneOf(
  `one.ts two.ts films live low secret .. . ... café 日本 a+b a;b a:b 100% %2e%2e %2E %2f %5c %25 %2525 %00 %0a %zz % {$x} ` +
    `{x} $ | ^ \` < > ' ! ~ @ \\ \\..\\ https: http: http://${STRANGER} //${STRANGER}`,
  "",
  "a b",
  "\t",
  "\0",
  "\v",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u200b",
  "\ufeff",
);
const path = fc.array(name, { maxLength: 5 }).map((names) => names.join("/"));
const queryPart = oneOf(
  `a = & b token= token %74oken=x ? / : :// http://${STRANGER}/ @ \\ % %26 + ; {$x} é ' < | .. // ,`,
  " ",
  "\t",
);
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: some(queryPart, 4).map((text) => `?${text}`) },
);
const fragment = oneOf(`# #t=1 #@${STRANGER}/ #?token=x #\\`, "", "", "", "", "");

const joined = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(""));
/** Shaped like a reference, with everything in it that some reader or other takes for something else. */
const shaped = joined(
  oneOf("", "", "", " ", "\t"),
  scheme,
  slashes,
  fc.oneof(host, fc.constant("")),
  oneOf("/ /films/ \\films\\", "", ""),
  path,
  query,
  fragment,
);
/** As honest playlists have it, so that many get the pass. */
const honest = joined(
  oneOf(`../ ./ /films/ /films/live/ ${HOME}/films/ //files.example/films/`, "", ""),
  fc.stringMatching(/^[a-z0-9_ -]{1,8}\.ts$/),
  query,
);
/** Without any shape. */
const shapeless = some(fc.oneof(name, host, scheme, slashes, queryPart), 7);

/** What may stand in a playlist where a URI is expected. */
export const dangerousUris = fc.oneof(
  { weight: 4, arbitrary: shaped },
  { weight: 3, arbitrary: honest },
  { weight: 2, arbitrary: shapeless },
);

const attributePart = oneOf(
  `URI= " ", , = \\ \\" X= A=" METHOD=NONE, BYTERANGE=1 :" http://${STRANGER}/? http:${STRANGER}/? URI="one.ts" ` +
    `,URI="two.ts" URI="http://${STRANGER}/? one.ts`,
  " ",
  "\u2028",
  "\0",
  "\r",
  "\t",
  "# ",
);
const tag = oneOf("KEY: KEY:METHOD=AES-128, MAP: MEDIA: PART: PRELOAD-HINT: SESSION-KEY: RENDITION-REPORT: X:");

/** A piece of a playlist: a URI in one of the places where players fetch it from, or a tag that is none too well formed. */
export interface PlaylistPiece {
  readonly kind: "segment" | "map" | "key" | "tag" | "line";
  readonly text: string;
}

const inQuotes = dangerousUris.map((uri) => uri.replaceAll('"', "") || "one.ts");
const PLAYS = "#EXTINF:1,\nplays.ts";
const ENCRYPTED = `#EXTINF:1,\nencrypted.ts\n#EXT-X-KEY:METHOD=NONE`;
const VECTOR = `0x${"0".repeat(32)}`;

const kinds: Readonly<Record<PlaylistPiece["kind"], fc.Arbitrary<string>>> = {
  // After each there is one that plays, so that FFmpeg goes on: it stops after many that do not.
  segment: dangerousUris.map((uri) => `#EXTINF:1,\n${uri}\n${PLAYS}`),
  map: inQuotes.map((uri) => `#EXT-X-MAP:URI="${uri}"\n${PLAYS}`),
  key: inQuotes.map((uri) => `#EXT-X-KEY:METHOD=AES-128,URI="${uri}",IV=${VECTOR}\n${ENCRYPTED}`),
  tag: fc
    .tuple(tag, some(attributePart, 6), inQuotes)
    .map(([start, attributes, uri]) => `#EXT-X-${start}${attributes},URI="${uri}"\n${ENCRYPTED}`),
  line: joined(oneOf("#EXTINF:1 # #EXT-X-X", ""), some(attributePart, 6)),
};
const weights = { segment: 12, map: 3, key: 3, tag: 2, line: 2 } as const;

export const playlistPieces: fc.Arbitrary<PlaylistPiece> = fc.oneof(
  ...(Object.keys(kinds) as PlaylistPiece["kind"][]).map((kind) => ({
    weight: weights[kind],
    arbitrary: kinds[kind].map((text) => ({ kind, text })),
  })),
);
