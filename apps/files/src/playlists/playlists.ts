import type { ByteRange } from "../http/byte-ranges.ts";
import { isPlaylist, type MediaType } from "../http/media-types.ts";
import type { Entry } from "../passes/admission.ts";
import type { OpenFile } from "../sources/file-source.ts";
import { childReferences, type ReferenceOf } from "./child-reference.ts";
import { PlaylistTemplate } from "./playlist-template.ts";
import { inSlices, Turns } from "./shared-time.ts";
import { isHlsPlaylist, splitPlaylist } from "./split-playlist.ts";
import { readPlaylist, tooLarge } from "./stored-playlist.ts";
import { TemplateCache } from "./template-cache.ts";

/**
 * The treatment of a file before it is sent. A playlist is rewritten if its children would otherwise have no pass. If
 * the URL carries the pass in another way, the playlist is only checked, because it could tell the player to send the
 * pass elsewhere. With a cookie it cannot.
 */
export type Treatment = "none" | "look" | "rewrite";

export function treatmentOf(mediaType: MediaType, { carrier, keepsCookie }: Entry): Treatment {
  if (!isPlaylist(mediaType) || carrier === "cookie") return "none";
  return carrier === "query" && !keepsCookie ? "rewrite" : "look";
}

/** The author of a playlist chooses the number of its URIs, and the length of the path before each. */
const MAXIMUM_URIS = 20_000;
const MAXIMUM_TEMPLATE_LENGTH = 4_194_304;
const KEPT_BYTES = 33_554_432;

/** Playlists turns a stored playlist into the one that is sent. It works on one playlist of each session at a time. */
export class Playlists {
  readonly #publicUrl: string;
  readonly #templates = new TemplateCache(KEPT_BYTES);
  readonly #turns = new Turns();

  constructor(publicUrl: string) {
    this.#publicUrl = publicUrl;
  }

  /** Whether the content is probably known, so that it need not be read again. */
  isKnown(entry: Entry): boolean {
    return this.#templates.has(nameOf(entry));
  }

  /**
   * The file to send instead. A file that is not a playlist stays as it is.
   *
   * @throws FileServiceError `playlist_too_large`, `playlist_unreadable`, `playlist_unsafe`, or what `OpenFile.read` throws
   */
  async prepare(file: OpenFile, entry: Entry, treatment: "look" | "rewrite"): Promise<OpenFile> {
    const known = () => (treatment === "rewrite" ? this.#templates.get(nameOf(entry), file.entityTag) : null);
    const template = known();
    if (template !== null) return replaced(file, template.fileFor(entry.token));
    return this.#turns.take(entry.pass.session, async () => {
      // The request before this one may have made the same template.
      const template = known();
      if (template !== null) return replaced(file, template.fileFor(entry.token));
      const { stored, content } = await readPlaylist(file);
      const text = treatment === "rewrite" ? textOf(content) : null;
      if (text === null || !isHlsPlaylist(text)) return inMemory(file, stored);
      return (await this.#templateOf(text, file, entry)).fileFor(entry.token);
    });
  }

  async #templateOf(text: string, file: OpenFile, entry: Entry): Promise<PlaylistTemplate> {
    const place = { publicUrl: this.#publicUrl, path: entry.path.text };
    const pieces = await inSlices(splitPlaylist(text, bounded(childReferences(entry.pass, place), text.length)));
    const template = new PlaylistTemplate(pieces);
    this.#templates.set(nameOf(entry), file.entityTag, template);
    return template;
  }
}

/** A template depends on the playlist and on the scope of the pass. Passes with one scope share it. */
function nameOf({ path, pass }: Entry): string {
  return `${path.text} ${pass.path}`;
}

function bounded(referenceOf: ReferenceOf, textLength: number): ReferenceOf {
  let [count, length] = [0, textLength];
  return (uri, kind) => {
    const reference = referenceOf(uri, kind);
    count++;
    length += reference?.length ?? 0;
    if (count > MAXIMUM_URIS || length > MAXIMUM_TEMPLATE_LENGTH) throw tooLarge();
    return reference;
  };
}

function replaced(file: OpenFile, by: OpenFile): OpenFile {
  file.close();
  return by;
}

/** The same file, with its whole content in memory. */
function inMemory({ size, entityTag, lastModified, contentEncoding }: OpenFile, content: Buffer): OpenFile {
  const read = async ({ first, last }: ByteRange) => content.subarray(first, last + 1);
  return { size, entityTag, lastModified, contentEncoding, read, close() {} };
}

/** Playlists are UTF-8 (RFC 8216, 4.1). Decoding and encoding would change a text in another encoding. */
function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
