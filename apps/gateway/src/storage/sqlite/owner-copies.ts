import type { SessionOwner } from "../../accounts/account-store.ts";

/** Some hundred bytes each. */
const MAXIMUM_COPIES = 10_000;

/**
 * OwnerCopies holds what was read of accounts at one revision of the database, and nothing of any other: a copy is never
 * older than what a statement would read now.
 */
export class OwnerCopies {
  #revision = -1;
  readonly #copies = new Map<string, SessionOwner>();

  /** Undefined when it was not read at this revision. */
  get(userId: string, revision: number): SessionOwner | undefined {
    if (revision !== this.#revision) {
      this.#copies.clear();
      this.#revision = revision;
    }
    return this.#copies.get(userId);
  }

  /** What was read after `get` had nothing, in the same call. What is newer than the revision does no harm. */
  keep(userId: string, owner: SessionOwner): void {
    if (this.#copies.size >= MAXIMUM_COPIES) this.#copies.clear();
    this.#copies.set(userId, owner);
  }
}
