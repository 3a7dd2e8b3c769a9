import type { SessionOwner } from "../../accounts/account-store.ts";

/** Each copy takes some hundred bytes. */
const MAXIMUM_COPIES = 10_000;

/**
 * OwnerCopies holds accounts as read at one revision of the database, and drops them at the next revision: a copy is
 * never older than what a statement would read now.
 */
export class OwnerCopies {
  #revision = -1;
  readonly #copies = new Map<string, SessionOwner>();

  /** Undefined if the account was not read at this revision. */
  get(userId: string, revision: number): SessionOwner | undefined {
    if (revision !== this.#revision) {
      this.#copies.clear();
      this.#revision = revision;
    }
    return this.#copies.get(userId);
  }

  /**
   * Keeps what the caller read after `get` found nothing, in the same call. Data newer than the revision does no harm.
   */
  keep(userId: string, owner: SessionOwner): void {
    if (this.#copies.size >= MAXIMUM_COPIES) this.#copies.clear();
    this.#copies.set(userId, owner);
  }
}
