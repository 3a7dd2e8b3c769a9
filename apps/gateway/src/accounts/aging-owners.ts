import type { SessionOwner } from "./account-store.ts";

/** A moment by both clocks of a process, for neither tells the time alone. */
export interface ProcessMoment {
  /** Milliseconds that never step back, and stand still while the machine is suspended. */
  readonly monotonic: number;
  /** Milliseconds since the Unix epoch, which go on meanwhile and may be set to anything. */
  readonly wall: number;
}

interface Copy {
  readonly owner: SessionOwner;
  readonly readAt: ProcessMoment;
}

/** AgingOwners holds so many copies of accounts, and gives one out only while it is young enough. */
export class AgingOwners {
  readonly #maximumEntries: number;
  readonly #maximumAgeMilliseconds: number;
  /** By user id, the one that was kept first at the front. */
  readonly #copies = new Map<string, Copy>();

  constructor(maximumEntries: number, maximumAgeMilliseconds: number) {
    this.#maximumEntries = maximumEntries;
    this.#maximumAgeMilliseconds = maximumAgeMilliseconds;
  }

  get(userId: string, now: ProcessMoment): SessionOwner | null {
    const copy = this.#copies.get(userId);
    if (copy === undefined) return null;
    if (!this.#isTooOld(copy, now)) return copy.owner;
    this.#copies.delete(userId);
    return null;
  }

  /** `readAt` is from before the read was sent. */
  keep(userId: string, owner: SessionOwner, readAt: ProcessMoment): void {
    this.#copies.delete(userId);
    this.#copies.set(userId, { owner, readAt });
    // The copy that was kept first is the oldest, or nearly: at most as old as the bound, and soon read anew.
    for (const first of this.#copies.keys()) {
      if (this.#copies.size <= this.#maximumEntries) return;
      this.#copies.delete(first);
    }
  }

  drop(userId: string): void {
    this.#copies.delete(userId);
  }

  clear(): void {
    this.#copies.clear();
  }

  /** By the clock that says older. A wall clock that was set back says nothing, so the copy counts as too old. */
  #isTooOld({ readAt }: Copy, now: ProcessMoment): boolean {
    const wallAge = now.wall - readAt.wall;
    if (now.monotonic - readAt.monotonic > this.#maximumAgeMilliseconds) return true;
    return wallAge < 0 || wallAge > this.#maximumAgeMilliseconds;
  }
}
