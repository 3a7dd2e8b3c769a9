import { realpathSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { sep } from "node:path";
import { systemCodeOf } from "@coatcheck/service/operator-error";
import type { AccessPath } from "coatcheck/passes";
import { FileServiceError } from "../errors.ts";
import type { UnixMilliseconds } from "../http/http-date.ts";
import { type FileSource, isHidden, type OpenFile } from "./file-source.ts";
import { FolderFile } from "./folder/folder-file.ts";
import { type OpenedPathCheck, openedPathCheck } from "./folder/opened-path.ts";
import { PlaceOpener } from "./folder/place-opener.ts";

export interface FolderSourceOptions {
  readonly now: () => UnixMilliseconds;
  /** The separator of names, by default the system's. If it is a backslash, no name contains one. */
  readonly separator?: string;
  /** How to find the path of an open file. By default the best way of the system. */
  readonly isOpenedAt?: OpenedPathCheck;
}

/** Codes by which the system reports that there is nothing to read, rather than a failure. */
const NOTHING_THERE: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ENAMETOOLONG",
  "EILSEQ",
  "EINVAL",
  // A link at the end, a socket, a device without a driver, a file without permission.
  "ELOOP",
  "EMLINK",
  "ENXIO",
  "ENODEV",
  "EOPNOTSUPP",
  "EACCES",
  "EPERM",
]);

/**
 * FolderSource serves regular files below one folder. It follows no links below the folder: a link would put a file in
 * a place that no pass was issued for. Once a file is open, the source checks that it is the named one, and serves it
 * from that descriptor, so changes in the folder between the check and the last byte do not matter.
 */
export class FolderSource implements FileSource {
  /** Absolute, without a link in it and without a slash at its end. Every path is appended to it. */
  readonly #root: string;
  readonly #now: () => UnixMilliseconds;
  readonly #opener: PlaceOpener;
  readonly #notInNames: RegExp | null;

  /**
   * `path` may itself be a link, which is followed at once.
   *
   * @throws FileServiceError `source_cannot_be_opened`
   */
  constructor(path: string, { now, separator = sep, isOpenedAt = openedPathCheck() }: FolderSourceOptions) {
    // Windows reads a colon as a drive, or as a stream of a file.
    this.#notInNames = separator === "\\" ? /[\\:]/ : null;
    this.#now = now;
    const root = realFolder(path);
    this.#root = root.replace(/\/$/, "");
    this.#opener = new PlaceOpener(root, isOpenedAt, now);
  }

  async open(path: AccessPath): Promise<OpenFile | null> {
    if (path.isPrefix || isHidden(path)) return null;
    if (path.segments.some((name) => this.#notInNames?.test(name))) return null;
    const place = `${this.#root}/${path.segments.join("/")}`;
    try {
      const opened = await this.#opener.open(place);
      return opened === null ? null : new FolderFile(opened.shared, opened.status, this.#now());
    } catch (cause) {
      if (NOTHING_THERE.has(systemCodeOf(cause))) return null;
      throw new FileServiceError("source_unavailable", `A file could not be opened: ${systemCodeOf(cause)}.`, {
        cause,
      });
    }
  }

  async checkReadiness(): Promise<void> {
    const isThere = await stat(`${this.#root}/`).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (!isThere) throw new FileServiceError("source_unavailable", `The folder ${this.#root} is not there.`);
  }

  close(): void {
    this.#opener.close();
  }
}

function realFolder(path: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch (cause) {
    const message = `The folder ${path} cannot be opened: ${systemCodeOf(cause)}.`;
    throw new FileServiceError("source_cannot_be_opened", message, { cause });
  }
  throw new FileServiceError("source_cannot_be_opened", `${path} is no folder.`);
}
