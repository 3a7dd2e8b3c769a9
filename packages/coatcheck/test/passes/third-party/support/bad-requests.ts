import type { RawRequest } from "./send.ts";

export const SONG = "/songs/one.wav";
export const FOLDER = "/songs/";

/** Paths that a pass for the song does not open. */
const besideTheSong = [
  "/songs/two.wav",
  "/",
  "/songs",
  "/songs/",
  "/songs/one.wav/",
  "/songs/one.wav/more",
  "/songs/one.wav;more",
  "/songs/one.wav%00",
  "/songs/one.wav%00.png",
  "/songs/one%2ewav",
  "/songs/%6fne.wav",
  "/songs//one.wav",
  "/songs/./one.wav",
  "/songs/x/../one.wav",
  "/songs\\one.wav",
  "/SONGS/ONE.WAV",
  "/songs/oneXwav",
  "/private/songs/one.wav",
  "/private?file=/songs/one.wav",
  "/private#/songs/one.wav",
  "/private;/songs/one.wav",
];

/** Paths that a pass for the folder does not open: many of them are below it for one reader, and not for another. */
const besideTheFolder = [
  "/songs",
  "/songs/",
  "/songs/live/",
  "/songs-private/one.wav",
  "/songs.zip",
  "/private/one.wav",
  "/songs/../private/one.wav",
  "/songs/live/../../private/one.wav",
  "/songs/..",
  "/songs/live/..",
  "/songs/.",
  "/songs/./one.wav",
  "/songs//one.wav",
  "/songs//../private/one.wav",
  "/songs/..%2fprivate/one.wav",
  "/songs/..%2Fprivate/one.wav",
  "/songs/%2e%2e/private/one.wav",
  "/songs/%2E%2E/private/one.wav",
  "/songs/.%2e/private/one.wav",
  "/songs/%2e%2e%2fprivate/one.wav",
  "/songs/%252e%252e/private/one.wav",
  "/songs/..%5cprivate/one.wav",
  "/songs/..\\private\\one.wav",
  "/songs/..;/private/one.wav",
  "/songs/;/../private/one.wav",
  "/songs/..%c0%afprivate/one.wav",
  "/songs/one.wav%00.png",
  "/songs/#/../../private/one.wav",
  "/private/one.wav?/songs/",
];

const unsafeMethods = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

/** Requests with passes that are good, for something else. By title. */
export function requestsForMore(passes: {
  readonly song: string;
  readonly folder: string;
}): readonly (readonly [string, RawRequest])[] {
  const { song, folder } = passes;
  return [
    ...besideTheSong.map((path) => [`${path} by a pass for ${SONG}`, { target: withToken(path, song) }] as const),
    ...besideTheFolder.map((path) => [`${path} by a pass for ${FOLDER}`, { target: withToken(path, folder) }] as const),
    ...unsafeMethods.map((method) => [`${method} ${SONG}`, { method, target: withToken(SONG, song) }] as const),
    ["another path, as the whole URL", { target: `http://files.example${withToken("/private/one.wav", song)}` }],
    ["the song under a name of the plugin", { target: `${SONG}?URISigningPackage=${song}` }],
    ["the song, by a segment of its path", { target: `/URISigningPackage=${song}${SONG}` }],
    ["the song, by a parameter of its path", { target: `${SONG};URISigningPackage=${song}` }],
    ["the song, by a cookie", { target: SONG, headers: { cookie: `URISigningPackage=${song}; token=${song}` } }],
    ["the song, by Authorization", { target: SONG, headers: { authorization: `Bearer ${song}` } }],
    ["the song, by the second of two tokens", { target: `${SONG}?token=x&token=${song}` }],
    ["the song, by an argument that ends alike", { target: `${SONG}?xtoken=${song}` }],
  ];
}

export function withToken(path: string, token: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}token=${token}`;
}
