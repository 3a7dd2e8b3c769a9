import type { Stats } from "node:fs";
import { closeDescriptor, type Descriptor } from "./descriptor.ts";

/**
 * SharedDescriptor is an open file that several requests may read at the same time, each at its own positions. It is
 * closed when the last user releases it, and never before: its number could then already be another file's.
 */
export class SharedDescriptor {
  readonly descriptor: Descriptor;
  /** The status of the file when it was opened. */
  readonly status: Stats;
  readonly #mayRemember: boolean;
  #content: Buffer | null = null;
  #users = 1;

  /**
   * The caller is its first user. `mayRemember` tells whether a later change of the file certainly shows in its status:
   * not within the clock tick of the last change, and not if the status is a copy of a server's answer.
   */
  constructor(descriptor: Descriptor, status: Stats, mayRemember: boolean) {
    this.descriptor = descriptor;
    this.status = status;
    this.#mayRemember = mayRemember;
  }

  /** All bytes of a small file from an earlier read, as long as the file is unchanged. No caller writes into them. */
  get content(): Buffer | null {
    return this.#content;
  }

  /** Takes all bytes of a small file. */
  remember(content: Buffer): void {
    if (this.#mayRemember) this.#content = content;
  }

  /** Adds a user, which must call `release` once. */
  acquire(): this {
    this.#users += 1;
    return this;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) closeDescriptor(this.descriptor);
  }

  /**
   * Whether the file is in the state in which it was opened. A write, a new mode or owner and a removal all move the time of
   * the last change (ctime), which no program can set.
   */
  isUnchanged({ size, mtimeMs, ctimeMs, nlink }: Stats): boolean {
    const before = this.status;
    return size === before.size && mtimeMs === before.mtimeMs && ctimeMs === before.ctimeMs && nlink === before.nlink;
  }
}
