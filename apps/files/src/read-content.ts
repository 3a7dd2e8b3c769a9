import { Readable } from "node:stream";
import type { ByteRange } from "./http/byte-ranges.ts";
import type { Multipart } from "./http/multipart.ts";
import type { OpenFile } from "./sources/file-source.ts";

/** Reads the bytes of a response from an open file. */
export function readContent(file: OpenFile, content: ByteRange | Multipart): Promise<Buffer | Readable> {
  if ("parts" in content) return Promise.resolve(Readable.from(piecesOf(file, content), { objectMode: false }));
  return file.read(content);
}

/** Opens each part only when the part before it is finished, because a source may need a request for each. */
async function* piecesOf(file: OpenFile, { parts, end }: Multipart): AsyncGenerator<Buffer> {
  for (const { head, range } of parts) {
    yield head;
    const body = await file.read(range);
    if (Buffer.isBuffer(body)) yield body;
    else yield* body;
  }
  yield end;
}
