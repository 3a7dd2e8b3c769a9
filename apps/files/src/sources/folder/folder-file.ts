import { read, type Stats } from "node:fs";
import { Readable } from "node:stream";
import { FileServiceError } from "../../errors.ts";
import { type ByteRange, lengthOf } from "../../http/byte-ranges.ts";
import { type EntityTag, entityTagOf } from "../../http/entity-tag.ts";
import type { UnixMilliseconds } from "../../http/http-date.ts";
import type { OpenFile } from "../file-source.ts";
import type { SharedDescriptor } from "./shared-descriptor.ts";

/**
 * A range up to this size is read in one call and sent in one write: that is cheaper than a stream, and takes little
 * memory.
 */
const READ_AT_ONCE_BYTES = 65_536;
/** The chunk of a stream. Larger chunks gain nothing, and each download holds two or three. */
const CHUNK_BYTES = 262_144;

type ReadCallback = (error: Error | null, bytes: number) => void;

/** FolderFile is a user of an open descriptor. It releases the descriptor once, and never while a read is under way. */
export class FolderFile implements OpenFile {
  readonly size: number;
  readonly entityTag: EntityTag;
  readonly lastModified: UnixMilliseconds;
  readonly contentEncoding = null;
  readonly #shared: SharedDescriptor;
  #stream: Readable | null = null;
  #isReading = false;
  #isClosed = false;

  /** Takes the place of one user of `shared`. */
  constructor(shared: SharedDescriptor, { size, mtimeMs }: Stats, now: UnixMilliseconds) {
    this.#shared = shared;
    this.size = size;
    this.entityTag = entityTagOf(size, mtimeMs, now);
    // A file dated in the future would never look newer than a copy of it (RFC 9110, 8.8.2.1).
    this.lastModified = Math.floor(Math.min(mtimeMs, now) / 1_000) * 1_000;
  }

  async read(range: ByteRange): Promise<Buffer | Readable> {
    const length = lengthOf(range);
    if (length <= READ_AT_ONCE_BYTES) return this.#readAtOnce(range.first, length);
    this.#stream = this.#streamOf(range.first, length);
    return this.#stream;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream?.destroy();
    // If the descriptor were closed during a read, its number could already be another file's when the read takes
    // place.
    if (!this.#isReading) this.#shared.release();
  }

  #readAtOnce(position: number, length: number): Promise<Buffer> | Buffer {
    const { content } = this.#shared;
    if (content !== null && !this.#isClosed) return content.subarray(position, position + length);
    const buffer = Buffer.allocUnsafe(length);
    return new Promise((resolve, reject) => {
      this.#readInto(buffer, position, (error, bytes) => {
        if (error !== null) reject(error);
        else if (bytes < length) reject(becameShorter());
        else {
          if (length === this.size) this.#shared.remember(buffer);
          resolve(buffer);
        }
      });
    });
  }

  #streamOf(start: number, length: number): Readable {
    let position = start;
    let remaining = length;
    const readInto = this.#readInto.bind(this);
    return new Readable({
      highWaterMark: CHUNK_BYTES,
      read() {
        const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, remaining));
        readInto(buffer, position, (error, bytes) => {
          if (this.destroyed) return;
          if (error !== null || bytes === 0) return void this.destroy(error ?? becameShorter());
          position += bytes;
          remaining -= bytes;
          this.push(bytes === buffer.length ? buffer : buffer.subarray(0, bytes));
          if (remaining === 0) this.push(null);
        });
      },
    });
  }

  #readInto(buffer: Buffer, position: number, callback: ReadCallback): void {
    if (this.#isClosed) {
      callback(new FileServiceError("source_unavailable", "The file was closed."), 0);
      return;
    }
    this.#isReading = true;
    read(this.#shared.descriptor, buffer, 0, buffer.length, position, (cause, bytes) => {
      this.#isReading = false;
      if (this.#isClosed) this.#shared.release();
      callback(cause === null ? null : failedToRead(cause), bytes);
    });
  }
}

function becameShorter(): FileServiceError {
  return new FileServiceError("file_changed", "A file became shorter while it was being read.");
}

function failedToRead(cause: Error): FileServiceError {
  return new FileServiceError("source_unavailable", "A file could not be read.", { cause });
}
