import type { Readable } from "node:stream";
import { FileServiceError } from "../../errors.ts";
import type { ByteRange } from "../../http/byte-ranges.ts";
import type { EntityTag } from "../../http/entity-tag.ts";
import type { UnixMilliseconds } from "../../http/http-date.ts";
import type { OpenFile } from "../file-source.ts";
import type { ObjectDescription } from "./object-description.ts";

/** A range of an object's bytes, as a stream under way. */
export interface ObjectBody {
  readonly range: ByteRange;
  readonly stream: Readable;
}

/**
 * BucketFile is one state of an object, known by its tag. It reads the bytes that came with the first answer from
 * there.
 */
export class BucketFile implements OpenFile {
  readonly size: number;
  readonly entityTag: EntityTag;
  readonly lastModified: UnixMilliseconds | null;
  readonly contentEncoding: string | null;
  readonly #fetchRange: (range: ByteRange, entityTag: EntityTag) => Promise<Readable>;
  #body: ObjectBody | null;
  #isClosed = false;

  constructor(
    { size, entityTag, lastModified, contentEncoding }: ObjectDescription,
    body: ObjectBody | null,
    fetchRange: (range: ByteRange, entityTag: EntityTag) => Promise<Readable>,
  ) {
    this.size = size;
    this.entityTag = entityTag;
    this.lastModified = lastModified;
    this.contentEncoding = contentEncoding;
    this.#body = body;
    this.#fetchRange = fetchRange;
  }

  async read(range: ByteRange): Promise<Readable> {
    const body = this.#body;
    if (body?.range.first === range.first && body.range.last === range.last && !body.stream.readableDidRead) {
      return body.stream;
    }
    body?.stream.destroy();
    const stream = await this.#fetchRange(range, this.entityTag);
    this.#body = { range, stream };
    if (this.#isClosed) {
      stream.destroy();
      throw new FileServiceError("source_unavailable", "The file was closed.");
    }
    return stream;
  }

  close(): void {
    this.#isClosed = true;
    this.#body?.stream.destroy();
  }
}
