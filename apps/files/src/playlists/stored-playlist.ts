import { buffer as bytesOf } from "node:stream/consumers";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { systemCodeOf } from "@coatcheck/service/operator-error";
import { FileServiceError } from "../errors.ts";
import type { OpenFile } from "../sources/file-source.ts";

/** Two days in segments of ten seconds. */
const MAXIMUM_PLAYLIST_BYTES = 2_097_152;

const decoders: ReadonlyMap<string, (bytes: Buffer, limits: { maxOutputLength: number }) => Promise<Buffer>> = new Map([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

/**
 * With these tags a playlist can make the player give away the pass. A variable may take the pass from the URL of the
 * playlist and put it into the URL of any host. A steering server may have every URL with its pass requested from
 * another host. The search runs on the bytes, without the zero bytes that UTF-16 has for each letter.
 */
const ASKS_FOR_THE_PASS = /QUERYPARAM|CONTENT-STEERING/i;

export interface StoredPlaylist {
  /** The bytes as they are stored. */
  readonly stored: Buffer;
  /** The decoded bytes. */
  readonly content: Buffer;
}

/**
 * Reads a playlist and closes the file. The decoded size is limited as well, because a few encoded bytes may stand for any
 * number.
 *
 * @throws FileServiceError `playlist_too_large`, `playlist_unreadable`, `playlist_unsafe`, or what `OpenFile.read` throws
 */
export async function readPlaylist(file: OpenFile): Promise<StoredPlaylist> {
  if (file.size > MAXIMUM_PLAYLIST_BYTES) throw tooLarge();
  const body = file.size === 0 ? Buffer.alloc(0) : await file.read({ first: 0, last: file.size - 1 });
  const stored = Buffer.isBuffer(body) ? body : await bytesOf(body);
  file.close();
  const content = await decode(stored, file.contentEncoding);
  if (ASKS_FOR_THE_PASS.test(content.toString("latin1").replaceAll("\0", ""))) {
    const message =
      "A playlist has QUERYPARAM or EXT-X-CONTENT-STEERING in it, by which the pass could leave this host.";
    throw new FileServiceError("playlist_unsafe", message);
  }
  return { stored, content };
}

export function tooLarge(): FileServiceError {
  return new FileServiceError("playlist_too_large", "A playlist is larger than the limit for playlists in memory.");
}

async function decode(bytes: Buffer, encoding: string | null): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || bytes.length === 0) return bytes;
  const decoder = decoders.get(name);
  if (decoder === undefined)
    throw unreadable(
      `A playlist is stored as ${JSON.stringify(name.slice(0, 40))}; gzip, deflate and br are undone here.`,
    );
  try {
    return await decoder(bytes, { maxOutputLength: MAXIMUM_PLAYLIST_BYTES });
  } catch (cause) {
    if (systemCodeOf(cause) === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw unreadable(`A playlist is stored as ${name}, and is not that.`, cause);
  }
}

function unreadable(message: string, cause?: unknown): FileServiceError {
  return new FileServiceError("playlist_unreadable", message, { cause });
}
