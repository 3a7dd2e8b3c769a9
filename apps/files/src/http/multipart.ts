import { type ByteRange, lengthOf } from "./byte-ranges.ts";

/** Several ranges of one file as one body (RFC 9110, 14.6): each with a head, and an end after the last. */
export interface Multipart {
  readonly contentType: string;
  /** The size of the whole body, in bytes. */
  readonly length: number;
  readonly parts: readonly { readonly head: Buffer; readonly range: ByteRange }[];
  readonly end: Buffer;
}

export interface MultipartFile {
  readonly size: number;
  readonly mediaType: string;
}

/** `boundary` must be one that cannot be guessed: the author of the file may have written a boundary into it. */
export function multipartOf(ranges: readonly ByteRange[], file: MultipartFile, boundary: string): Multipart {
  const parts = ranges.map((range, index) => {
    const lines = [
      `${index === 0 ? "" : "\r\n"}--${boundary}`,
      `Content-Type: ${file.mediaType}`,
      `Content-Range: ${contentRange(range, file.size)}`,
    ];
    return { head: Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), range };
  });
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce((sum, { head, range }) => sum + head.length + lengthOf(range), end.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, parts, end };
}

export function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`;
}
