import { createHash } from "node:crypto";
import { buffer as bytesOf } from "node:stream/consumers";
import { FileServiceError } from "../errors.ts";
import type { ByteRange } from "../http/byte-ranges.ts";
import type { OpenFile } from "../sources/file-source.ts";
import { isHlsPlaylist, type RewriteUri, rewritePlaylist } from "./rewrite-playlist.ts";

/**
 * Two days in ten-second pieces. Each URI grows by a pass and takes some microseconds of everybody's time, and whoever
 * uploads a playlist chooses how many there are.
 */
const MAXIMUM_URIS = 20_000;
const MAXIMUM_PLAYLIST_BYTES = 2_097_152;

/**
 * A playlist with other URIs in it, as a file of its own: with the size and a tag of what is sent, so that ranges and
 * conditions are about that. It has no date, for the same file has many contents. What turns out to be no playlist is
 * left as it was.
 *
 * @throws FileServiceError `playlist_too_large`, or what `OpenFile.read` throws
 */
export async function rewrittenFile(file: OpenFile, rewriteUri: RewriteUri): Promise<OpenFile> {
  if (file.size === 0 || file.contentEncoding !== null) return file;
  if (file.size > MAXIMUM_PLAYLIST_BYTES) throw tooLarge();
  const body = await file.read({ first: 0, last: file.size - 1 });
  const stored = Buffer.isBuffer(body) ? body : await bytesOf(body);
  file.close();
  const text = textOf(stored);
  const content = text === null || !isHlsPlaylist(text) ? stored : Buffer.from(rewriteBounded(text, rewriteUri));
  return {
    size: content.length,
    entityTag: `"${createHash("sha256").update(content).digest("base64url")}"`,
    lastModified: null,
    contentEncoding: null,
    read: async ({ first, last }: ByteRange) => content.subarray(first, last + 1),
    close() {},
  };
}

function rewriteBounded(text: string, rewriteUri: RewriteUri): string {
  let count = 0;
  return rewritePlaylist(text, (uri) => {
    count++;
    if (count > MAXIMUM_URIS) throw tooLarge();
    return rewriteUri(uri);
  });
}

function tooLarge(): FileServiceError {
  const limits = `${MAXIMUM_PLAYLIST_BYTES} bytes or ${MAXIMUM_URIS} URIs`;
  return new FileServiceError("playlist_too_large", `A playlist has more than ${limits}.`);
}

/** Playlists are UTF-8 (RFC 8216, 4.1). What is not would be changed by being read and written again. */
function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
