/** The type of a file, and whether a browser may show it as a page of its own. */
export interface MediaType {
  readonly text: string;
  /** Whether opening its URL shows the file. Otherwise it is saved. Pages that embed it do not notice. */
  readonly isInline: boolean;
}

const UTF_8 = "; charset=utf-8";

/** Types that cannot run a script, however the file is opened. */
const INLINE: Readonly<Record<string, readonly string[]>> = {
  "audio/aac": ["aac"],
  "audio/flac": ["flac"],
  "audio/midi": ["mid", "midi"],
  "audio/mp4": ["m4a", "m4b", "cmfa"],
  "audio/mpeg": ["mp3"],
  "audio/ogg": ["ogg", "oga", "opus"],
  "audio/wav": ["wav"],
  "audio/webm": ["weba"],
  "video/iso.segment": ["m4s"],
  "video/matroska": ["mkv"],
  "video/mp2t": ["ts"],
  "video/mp4": ["mp4", "m4v", "cmfv"],
  "video/ogg": ["ogv"],
  "video/quicktime": ["mov"],
  "video/webm": ["webm"],
  "video/x-msvideo": ["avi"],
  "application/vnd.apple.mpegurl": ["m3u8"],
  "audio/mpegurl": ["m3u"],
  "application/x-subrip": ["srt"],
  [`text/vtt${UTF_8}`]: ["vtt"],
  "image/avif": ["avif"],
  "image/bmp": ["bmp"],
  "image/gif": ["gif"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/png": ["png"],
  "image/vnd.microsoft.icon": ["ico"],
  "image/webp": ["webp"],
  "font/otf": ["otf"],
  "font/ttf": ["ttf"],
  "font/woff": ["woff"],
  "font/woff2": ["woff2"],
  "application/json": ["json"],
  "application/wasm": ["wasm"],
  [`text/csv${UTF_8}`]: ["csv"],
  [`text/plain${UTF_8}`]: ["txt", "log"],
};

/** Types that browsers or their viewers open as documents with scripts, and types without a viewer. */
const SAVED: Readonly<Record<string, readonly string[]>> = {
  [`text/html${UTF_8}`]: ["html", "htm"],
  "application/xhtml+xml": ["xhtml", "xht"],
  "application/xml": ["xml", "xsl", "xslt"],
  "application/dash+xml": ["mpd"],
  "image/svg+xml": ["svg"],
  [`text/javascript${UTF_8}`]: ["js", "mjs"],
  [`text/css${UTF_8}`]: ["css"],
  "application/pdf": ["pdf"],
  "application/gzip": ["gz"],
  "application/zip": ["zip"],
};

const UNKNOWN: MediaType = { text: "application/octet-stream", isInline: false };

const BY_EXTENSION: ReadonlyMap<string, MediaType> = new Map([...entriesOf(INLINE, true), ...entriesOf(SAVED, false)]);

/**
 * The type of a file by its name alone. The type that a bucket names is not believed: the client that uploaded the file
 * chose it.
 */
export function mediaTypeOf(name: string): MediaType {
  const dot = name.lastIndexOf(".");
  return (dot === -1 ? undefined : BY_EXTENSION.get(name.slice(dot + 1).toLowerCase())) ?? UNKNOWN;
}

export function isPlaylist({ text }: MediaType): boolean {
  return text === "application/vnd.apple.mpegurl" || text === "audio/mpegurl";
}

function entriesOf(types: Readonly<Record<string, readonly string[]>>, isInline: boolean) {
  return Object.entries(types).flatMap(([text, extensions]) =>
    extensions.map((extension) => [extension, { text, isInline }] as const),
  );
}
