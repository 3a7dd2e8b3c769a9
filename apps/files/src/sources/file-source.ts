import type { Readable } from "node:stream";
import type { AccessPath } from "coatcheck/passes";
import type { ByteRange, RangeSpecification } from "../http/byte-ranges.ts";
import type { Validators } from "../http/preconditions.ts";

/**
 * Where files come from. What is here is the contract; `test/sources/source-contract.ts` holds every source to it.
 *
 * A source decides nothing about who may read: by the time it is asked, a pass has.
 */
export interface FileSource {
  /**
   * The file that a path names; null when there is none to serve: nothing is there, or a folder, or something that is
   * no regular file, or it may not be read. A path is one spelling of one name and is never searched for, completed or
   * followed elsewhere; a segment that begins with a dot names nothing.
   *
   * What is returned is one state of the file: its size, its tag and all that is read from it belong together, whatever
   * is put under its name meanwhile. (A program that overwrites a file in place, instead of replacing it, breaks it for
   * its readers.)
   *
   * `likely` is what will probably be read, so that a source at a distance can bring it along. It promises nothing.
   *
   * @throws FileServiceError `source_unavailable` when the source failed, or did not answer in time: never for a file
   *   that is not there
   */
  open(path: AccessPath, likely: LikelyRead): Promise<OpenFile | null>;
  /** @throws FileServiceError `source_unavailable` when no file could be served now */
  checkReadiness(): Promise<void>;
  /** Ends what the source itself keeps open. Files that are open are their users' to close. */
  close(): void;
}

export type LikelyRead = "everything" | "nothing" | RangeSpecification;

/** An open file. The caller that opened it closes it, once everything is read or the client has gone. */
export interface OpenFile extends Validators {
  /** In bytes, as it will be read. */
  readonly size: number;
  /** What the stored bytes are encoded with, such as "gzip"; null for nothing. */
  readonly contentEncoding: string | null;
  /**
   * These bytes, at once or as a stream, and exactly so many: where they cannot all be had, it fails instead of ending
   * early. One range after the other may be read, never two at a time. The range is within the file and not empty.
   *
   * @throws FileServiceError `source_unavailable`, or `file_changed` when the file is not any more what was opened; a
   *   stream is destroyed with it
   */
  read(range: ByteRange): Promise<Buffer | Readable>;
  /** Frees everything, also in the middle of a read, whose stream is destroyed. May be called again. */
  close(): void;
}

/** Names that begin with a dot are private by custom: `.git`, `.env`, `.htaccess`. */
export function isHidden({ segments }: AccessPath): boolean {
  return segments.some((name) => name.startsWith("."));
}
