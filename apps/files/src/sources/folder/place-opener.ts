import type { Stats } from "node:fs";
import type { UnixMilliseconds } from "../../http/http-date.ts";
import { closeDescriptor, openForReading, statusAtOnce, statusOf } from "./descriptor.ts";
import { KeptDescriptors } from "./kept-descriptors.ts";
import type { OpenedPathCheck } from "./opened-path.ts";
import { SharedDescriptor } from "./shared-descriptor.ts";
import { deviceWithStatusInMemory } from "./status-in-memory.ts";

/** A live playlist is replaced every few seconds, and each time the open file may differ from the one at the path. */
const ATTEMPTS = 3;
/** Longer than a clock tick of any file system. */
const CHANGED_JUST_NOW_MILLISECONDS = 2_000;

/** A regular file and its status of this moment. The caller is a user of the descriptor, and releases it. */
export interface OpenedPlace {
  readonly shared: SharedDescriptor;
  readonly status: Stats;
}

/**
 * PlaceOpener opens regular files by their absolute paths, through no link, and keeps them open for a second. A file
 * that is still open passes the same check as a newly opened one before it is handed out: whether it is the file at the
 * path. So a file that was removed, replaced, moved or changed meanwhile is noticed.
 */
export class PlaceOpener {
  readonly #isOpenedAt: OpenedPathCheck;
  readonly #now: () => UnixMilliseconds;
  readonly #deviceWithStatusInMemory: number | null;
  readonly #kept = new KeptDescriptors();

  /** `root` is the folder that contains all places. */
  constructor(root: string, isOpenedAt: OpenedPathCheck, now: () => UnixMilliseconds) {
    this.#isOpenedAt = isOpenedAt;
    this.#now = now;
    this.#deviceWithStatusInMemory = deviceWithStatusInMemory(root);
  }

  /**
   * Null for an entry that is not a regular file, and for a file that is moved too often to be caught. Other errors are
   * the system's.
   */
  async open(place: string): Promise<OpenedPlace | null> {
    const kept = await this.#openStill(place);
    if (kept !== null) return kept;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const opened = await this.#openAnew(place);
      if (opened !== "moved") return opened;
    }
    return null;
  }

  close(): void {
    this.#kept.close();
  }

  async #openStill(place: string): Promise<OpenedPlace | null> {
    const shared = this.#kept.find(place)?.acquire();
    if (shared === undefined) return null;
    let isTheSame = false;
    try {
      const { descriptor } = shared;
      const isInMemory = this.#hasStatusInMemory(shared.status);
      const status = isInMemory ? statusAtOnce(descriptor) : await statusOf(descriptor);
      isTheSame = shared.isUnchanged(status) && (await this.#isOpenedAt(descriptor, place));
      return isTheSame ? { shared, status } : null;
    } catch {
      // Opening the file again will report the error.
      return null;
    } finally {
      if (!isTheSame) {
        this.#kept.drop(place, shared);
        shared.release();
      }
    }
  }

  async #openAnew(place: string): Promise<OpenedPlace | null | "moved"> {
    const descriptor = await openForReading(place);
    let shared: SharedDescriptor | null = null;
    try {
      const status = await statusOf(descriptor);
      if (!status.isFile()) return null;
      if (!(await this.#isOpenedAt(descriptor, place))) return "moved";
      const isSettled = this.#now() - status.ctimeMs > CHANGED_JUST_NOW_MILLISECONDS;
      shared = new SharedDescriptor(descriptor, status, isSettled && this.#hasStatusInMemory(status));
      this.#kept.keep(place, shared);
      return { shared, status };
    } finally {
      if (shared === null) closeDescriptor(descriptor);
    }
  }

  #hasStatusInMemory({ dev }: Stats): boolean {
    return dev === this.#deviceWithStatusInMemory;
  }
}
