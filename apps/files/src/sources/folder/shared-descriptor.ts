import type { Stats } from "node:fs";
import { closeDescriptor, type Descriptor } from "./descriptor.ts";

/**
 * SharedDescriptor is an open file that several requests may read at a time, each at positions of its own. It is closed when
 * the last user lets go of it, and never before: its number could already be another file's.
 */
export class SharedDescriptor {
  readonly descriptor: Descriptor;
  /** Of the file when it was opened. */
  readonly status: Stats;
  readonly #mayRemember: boolean;
  #content: Buffer | null = null;
  #users = 1;

  /**
   * The caller is its first user. `mayRemember` is whether a later change of the file is certain to show in its status: not in
   * the clock tick of the last change, and not where the status is a copy of what a server said.
   */
  constructor(descriptor: Descriptor, status: Stats, mayRemember: boolean) {
    this.descriptor = descriptor;
    this.status = status;
    this.#mayRemember = mayRemember;
  }

  /** All bytes of a small file that was read before, for as long as it is unchanged. No caller writes into them. */
  get content(): Buffer | null {
    return this.#content;
  }

  /** Is told all bytes of a small file. */
  remember(content: Buffer): void {
    if (this.#mayRemember) this.#content = content;
  }

  /** Adds a user, which calls `release` once. */
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
