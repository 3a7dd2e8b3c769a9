import type { ReferenceOf } from "./child-reference.ts";

const FIRST_LINE = /^#EXTM3U\r?\n/;
/** The line after this tag names a stream. Players search for the tag in the whole text. */
const NAMES_STREAMS = "#EXT-X-STREAM-INF";
const TAGS_WITH_PLAYLISTS = /^#EXT-X-(?:MEDIA|I-FRAME-STREAM-INF|IMAGE-STREAM-INF|RENDITION-REPORT):/;
/** At each of these, some players end a line and others do not. No accepted line contains one. */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029]/u;
/** The longest path with the longest query. Some readers cut longer lines and go on behind the cut. */
const MAXIMUM_LINE_LENGTH = 4_000;
const TAG = /^#EXT-X-[A-Z0-9-]+:/;
/**
 * `NAME=value`, with the value in quotes or up to the next comma (RFC 8216, 4.2). It excludes texts that some players read
 * differently: a backslash, which escapes a quote; text between a quote and its comma; spaces inside, which end a value.
 */
const ATTRIBUTE = / *([A-Z0-9-]+)=("[^"\\]*"|[^",\s\\=]*)(?:,|$)/y;

/** Whether this is a playlist of HTTP Live Streaming (RFC 8216, 4.1), and not another list called `.m3u`. */
export function isHlsPlaylist(text: string): boolean {
  return FIRST_LINE.test(text);
}

/**
 * Splits a playlist into pieces. The place of the pass is between each two pieces. The URIs with a place are those on lines of
 * their own (segments, variants), and those in the `URI` attribute of a tag (keys, maps, renditions, parts). All other bytes
 * stay as they are, and so does every line that some player could read differently.
 *
 * It pauses after each line, so that other work can run in between.
 */
export function* splitPlaylist(text: string, referenceOf: ReferenceOf): Generator<undefined, readonly string[]> {
  const pieces: string[] = [];
  const kindOfLines = text.includes(NAMES_STREAMS) ? "playlist" : "part";
  let copied = 0;
  for (const { 0: whole, index } of text.matchAll(/[^\n]+/g)) {
    const line = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
    for (const uri of urisOf(line)) {
      const reference = referenceOf(uri.text, uri.kind ?? kindOfLines);
      if (reference === null) continue;
      pieces.push(text.slice(copied, index + uri.start) + reference);
      copied = index + uri.start + uri.text.length;
    }
    yield;
  }
  pieces.push(text.slice(copied));
  return pieces;
}

interface UriInLine {
  readonly text: string;
  readonly start: number;
  /** Null for lines without a tag. */
  readonly kind: "playlist" | "part" | null;
}

function urisOf(line: string): readonly UriInLine[] {
  if (line.length > MAXIMUM_LINE_LENGTH || NOT_IN_A_LINE.test(line)) return [];
  if (!line.startsWith("#")) return line.trim() === "" ? [] : [{ text: line, start: 0, kind: null }];
  const [tag] = TAG.exec(line) ?? [];
  if (tag === undefined || !line.includes("URI=")) return [];
  const kind = TAGS_WITH_PLAYLISTS.test(tag) ? "playlist" : "part";
  const uris: UriInLine[] = [];
  for (ATTRIBUTE.lastIndex = tag.length; ATTRIBUTE.lastIndex < line.length; ) {
    const attribute = ATTRIBUTE.exec(line);
    if (attribute === null) return [];
    const [written, name, value = ""] = attribute;
    if (name !== "URI" || !value.startsWith('"')) continue;
    uris.push({ text: value.slice(1, -1), start: attribute.index + written.indexOf('"') + 1, kind });
  }
  return uris;
}
