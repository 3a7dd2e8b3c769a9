import type { Readable } from "node:stream";
import type { AccessPath } from "coatcheck/passes";
import type { ByteRange, RangeSpecification } from "../http/byte-ranges.ts";
import type { Validators } from "../http/preconditions.ts";

/**
 * A source of files. This is the contract, and `test/sources/source-contract.ts` checks every source against it.
 *
 * A source does not decide who may read. A pass has decided that before.
 */
export interface FileSource {
  /**
   * The file that a path names. Null if there is none to serve: nothing, a folder, an entry that is not a regular file,
   * or a file that must not be read. A path is one spelling of one name. It is never completed, searched for or
   * followed elsewhere, and a segment that begins with a dot names nothing.
   *
   * The result is one state of the file: its size, its tag and all bytes read from it belong together, even if another
   * file gets its name meanwhile. (A program that overwrites a file in place, instead of replacing it, breaks it for
   * its readers.)
   *
   * `likely` is the range that will probably be read, so that a remote source can fetch it at once. It promises
   * nothing.
   *
   * @throws FileServiceError `source_unavailable` if the source failed, or did not answer in time. Never for a missing
   * file
   */
  open(path: AccessPath, likely: LikelyRead): Promise<OpenFile | null>;
  /** @throws FileServiceError `source_unavailable` if no file could be served now */
  checkReadiness(): Promise<void>;
  /** Frees what the source itself keeps open. Open files are closed by their users. */
  close(): void;
}

export type LikelyRead = "everything" | "nothing" | RangeSpecification;

/** An open file. The caller that opened it closes it, once everything is read or the client has gone. */
export interface OpenFile extends Validators {
  /** The size in bytes that will be read. */
  readonly size: number;
  /** The encoding of the stored bytes, such as "gzip". Null for none. */
  readonly contentEncoding: string | null;
  /**
   * Reads exactly these bytes, at once or as a stream. If not all of them can be read, it fails instead of ending early. Ranges
   * may be read one after the other, never two at a time. A range is within the file and not empty.
   *
   * @throws FileServiceError `source_unavailable`, or `file_changed` if the file is no longer the one that was opened. A
   *   stream is destroyed with the error
   */
  read(range: ByteRange): Promise<Buffer | Readable>;
  /** Frees everything. In the middle of a read, the stream is destroyed. May be called again. */
  close(): void;
}

/** Names that begin with a dot are private by custom: `.git`, `.env`, `.htaccess`. */
export function isHidden({ segments }: AccessPath): boolean {
  return segments.some((name) => name.startsWith("."));
}
