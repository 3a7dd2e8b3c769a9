import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type ByteRange, lengthOf } from "../http/byte-ranges.ts";
import type { OpenFile } from "../sources/file-source.ts";

/** A range up to this size is one piece of memory. A longer range is sent in pieces of this size. */
const CHUNK_BYTES = 65_536;

/**
 * PlaylistTemplate is a playlist with places for a pass. With a pass in each place it is many times as large, so it is
 * never stored in that form, but composed while it is read.
 */
export class PlaylistTemplate {
  readonly #text: Buffer;
  /** The places of the pass in the text, in ascending order. */
  readonly #places: Uint32Array;
  readonly #digest: Buffer;

  /** Between each two pieces is a place for the pass. */
  constructor(pieces: readonly string[]) {
    this.#text = Buffer.from(pieces.join(""));
    this.#places = new Uint32Array(Math.max(0, pieces.length - 1));
    let position = 0;
    for (let index = 0; index < this.#places.length; index++) {
      position += Buffer.byteLength(pieces[index] ?? "");
      this.#places[index] = position;
    }
    this.#digest = createHash("sha256").update(this.#text).update(this.#places).digest();
  }

  /** The memory that it occupies, in bytes. */
  get bytes(): number {
    return this.#text.length + this.#places.byteLength;
  }

  /**
   * The playlist for one pass, as a file of its own. Its size and tag are those of the sent bytes, so ranges and conditions are
   * about these. It has no date, because one stored file has many contents.
   */
  fileFor(token: string): OpenFile {
    const pass = Buffer.from(token);
    let stream: Readable | null = null;
    return {
      size: this.#text.length + this.#places.length * pass.length,
      entityTag: `"${createHash("sha256").update(this.#digest).update(pass).digest("base64url")}"`,
      lastModified: null,
      contentEncoding: null,
      read: async (range: ByteRange) => {
        if (lengthOf(range) <= CHUNK_BYTES) return this.#bytes(range, pass);
        stream = Readable.from(this.#chunks(range, pass), { objectMode: false });
        return stream;
      },
      close: () => void stream?.destroy(),
    };
  }

  *#chunks({ first, last }: ByteRange, pass: Buffer): Generator<Buffer> {
    for (let position = first; position <= last; position += CHUNK_BYTES) {
      yield this.#bytes({ first: position, last: Math.min(last, position + CHUNK_BYTES - 1) }, pass);
    }
  }

  #bytes(range: ByteRange, pass: Buffer): Buffer {
    const bytes = Buffer.allocUnsafe(lengthOf(range));
    const end = range.last + 1;
    let position = range.first;
    const copy = (from: Buffer, startsAt: number) => {
      // The part of this piece that is in the range.
      position += from.copy(bytes, position - range.first, position - startsAt, end - startsAt);
    };
    for (let index = this.#placesBefore(position, pass.length); position < end; index++) {
      const before = index * pass.length;
      const place = this.#places[index] ?? this.#text.length;
      if (position < place + before) copy(this.#text.subarray(0, place), before);
      if (position < end && index < this.#places.length) copy(pass, place + before);
    }
    return bytes;
  }

  /** The number of passes before this byte of the complete playlist. */
  #placesBefore(position: number, passLength: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle] ?? 0) + (middle + 1) * passLength <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
