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
 * What becomes of a file on its way. A playlist is rewritten where its children would have no pass; it is looked at where
 * it could tell the player to take the pass elsewhere, as it cannot with a cookie.
 */
export type Treatment = "none" | "look" | "rewrite";

export function treatmentOf(mediaType: MediaType, { carrier, keepsCookie }: Entry): Treatment {
  if (!isPlaylist(mediaType) || carrier === "cookie") return "none";
  return carrier === "query" && !keepsCookie ? "rewrite" : "look";
}

/** The author of a playlist chooses how many URIs there are, and how long the path before each of them becomes. */
const MAXIMUM_URIS = 20_000;
const MAXIMUM_TEMPLATE_LENGTH = 4_194_304;
const KEPT_BYTES = 33_554_432;

/** Playlists makes of a stored playlist the one that is sent. Of each session one is worked on at a time. */
export class Playlists {
  readonly #publicUrl: string;
  readonly #templates = new TemplateCache(KEPT_BYTES);
  readonly #turns = new Turns();

  constructor(publicUrl: string) {
    this.#publicUrl = publicUrl;
  }

  /** Whether its content is probably known, so that it need not be read again. */
  isKnown(entry: Entry): boolean {
    return this.#templates.has(nameOf(entry));
  }

  /**
   * What is to be sent instead. What turns out to be no playlist is left as it was.
   *
   * @throws FileServiceError `playlist_too_large`, `playlist_unreadable`, `playlist_unsafe`, or what `OpenFile.read` throws
   */
  async prepare(file: OpenFile, entry: Entry, treatment: "look" | "rewrite"): Promise<OpenFile> {
    const known = () => (treatment === "rewrite" ? this.#templates.get(nameOf(entry), file.entityTag) : null);
    const template = known();
    if (template !== null) return replaced(file, template.fileFor(entry.token));
    return this.#turns.take(entry.pass.session, async () => {
      // The one before may have asked for the same.
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

/** A template is of a playlist and of what of it a pass opens: of passes for the same it is the same. */
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

/** The same file, of which everything was read. */
function inMemory({ size, entityTag, lastModified, contentEncoding }: OpenFile, content: Buffer): OpenFile {
  const read = async ({ first, last }: ByteRange) => content.subarray(first, last + 1);
  return { size, entityTag, lastModified, contentEncoding, read, close() {} };
}

/** Playlists are UTF-8 (RFC 8216, 4.1). What is not would be changed by being read and written again. */
function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
