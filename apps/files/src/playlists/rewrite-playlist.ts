/** Returns what stands in place of a URI of the playlist; the same text for one that is to stay. */
export type RewriteUri = (uri: string) => string;

const FIRST_LINE = "#EXTM3U";
/**
 * `NAME=value`, the value in quotes or up to the next comma (RFC 8216, 4.2). A name begins after what comes before names
 * and nowhere else: tried from each of its letters, a long line would take the square of its length.
 */
const ATTRIBUTE = /(?<=[:, ])([A-Z0-9-]+)=("[^"]*"|[^",]*)/g;

/** Whether this is a playlist of HTTP Live Streaming (RFC 8216, 4.1), and not just any list called `.m3u`. */
export function isHlsPlaylist(text: string): boolean {
  return text.startsWith(FIRST_LINE) && /^[\r\n]/.test(text.slice(FIRST_LINE.length, FIRST_LINE.length + 1));
}

/**
 * A playlist with other URIs: those on lines of their own (segments, variants), and those in a tag's `URI` attribute
 * (keys, maps, renditions, parts). Everything else stays as it is, to the byte. One with `{$…}` in it is left alone: the
 * player puts something there that we do not know, and may be led to another host by it.
 */
export function rewritePlaylist(text: string, rewriteUri: RewriteUri): string {
  return text.replace(/[^\r\n]+/g, (line) => {
    if (line.startsWith("#EXT")) return rewriteAttributes(line, rewriteUri);
    return line.startsWith("#") || line.trim() === "" ? line : rewriteKnown(line, rewriteUri);
  });
}

function rewriteAttributes(line: string, rewriteUri: RewriteUri): string {
  if (!line.includes("URI=")) return line;
  return line.replace(ATTRIBUTE, (attribute, name: string, value: string) =>
    name === "URI" && value.startsWith('"') ? `URI="${rewriteKnown(value.slice(1, -1), rewriteUri)}"` : attribute,
  );
}

function rewriteKnown(uri: string, rewriteUri: RewriteUri): string {
  return uri.includes("{$") ? uri : rewriteUri(uri);
}
