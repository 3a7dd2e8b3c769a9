import { setTimeout as pause } from "node:timers/promises";
import { AgingCopies, type Awaitable, type Moment, thisMoment } from "coatcheck/store";
import type { Account, AccountCredential } from "./account.ts";
import type { ListenForAccountChanges } from "./account-changes.ts";
import type {
  AccountDescription,
  AccountStore,
  AddAccountResult,
  NewAccount,
  PendingRevocation,
  PendingRevocationQuery,
  SessionOwner,
} from "./account-store.ts";
import type { EmailAddress } from "./email-address.ts";
import { mayPass } from "./session-owner.ts";

export interface NearCacheAccountsOptions {
  readonly store: AccountStore;
  readonly listen: ListenForAccountChanges;
  /** How long another node may still use an out-of-date copy of an account. */
  readonly maxStalenessMilliseconds: number;
  /** Whether a change of name or roles waits until no node can hold an older copy. */
  readonly settle: boolean;
  /** 10,000 by default, of half a kilobyte each. */
  readonly maximumEntries?: number;
  /** For tests only. By default the clocks of this process count. */
  readonly testMoment?: () => Moment;
}

/**
 * NearCacheAccountStore holds copies of the accounts whose sessions pass, so that a request needs no round trip to find
 * its user. This node learns of another node's change normally within milliseconds, and uses an out-of-date copy never
 * for longer than `maxStalenessMilliseconds`, whatever happens to the channel: the same bound as that of the sessions'
 * near-cache.
 *
 * A copy can only admit a session: an account that is disabled, or whose sessions still have to end, is read each time.
 * While the channel is down, no copies are held. A change that this process makes removes its own copy at once.
 */
export class NearCacheAccountStore implements AccountStore {
  readonly #store: AccountStore;
  readonly #settleMilliseconds: number;
  readonly #now: () => Moment;
  readonly #copies: AgingCopies<SessionOwner>;
  readonly #stopListening: () => void;
  #isListening = false;
  /**
   * Counts changes, to recognise a read under way that may be older than a change. One count serves all accounts: they
   * change seldom, and the cache merely does not keep what was read meanwhile.
   */
  #changes = 0;

  constructor(options: NearCacheAccountsOptions) {
    const { store, listen, maxStalenessMilliseconds, settle, maximumEntries = 10_000 } = options;
    this.#store = store;
    this.#settleMilliseconds = settle ? maxStalenessMilliseconds + 1 : 0;
    this.#now = options.testMoment ?? thisMoment;
    this.#copies = new AgingCopies(maximumEntries, maxStalenessMilliseconds);
    this.#stopListening = listen({
      changed: (userId) => this.#forget(userId),
      listening: () => this.#forgetAll(true),
      interrupted: () => this.#forgetAll(false),
    });
  }

  findSessionOwner(userId: string): Awaitable<SessionOwner | null> {
    const copy = this.#isListening ? this.#copies.get(userId, this.#now()) : null;
    return copy ?? this.#read(userId);
  }

  changePassword(userId: string, expectedHash: string | null, newHash: string): Promise<PendingRevocation | null> {
    return this.#changing(userId, () => this.#store.changePassword(userId, expectedHash, newHash));
  }

  /**
   * Nodes that hold a copy let the user's sessions pass until they hear of this change. They also hear of the sessions'
   * end.
   */
  disable(userId: string): Promise<PendingRevocation | null> {
    return this.#changing(userId, () => this.#store.disable(userId));
  }

  async describe(userId: string, description: AccountDescription): Promise<Account | null> {
    const account = await this.#changing(userId, () => this.#store.describe(userId, description));
    // By now every older copy was read before the change. Other kinds of change end sessions next, and wait for that
    // instead.
    if (this.#settleMilliseconds > 0) await pause(this.#settleMilliseconds);
    return account;
  }

  findById(userId: string): Promise<Account | null> {
    return this.#store.findById(userId);
  }

  findByEmail(email: EmailAddress): Promise<Account | null> {
    return this.#store.findByEmail(email);
  }

  findCredential(userId: string): Promise<AccountCredential | null> {
    return this.#store.findCredential(userId);
  }

  add(account: NewAccount): Promise<AddAccountResult> {
    return this.#store.add(account);
  }

  list(options?: { readonly after?: EmailAddress; readonly limit?: number }): Promise<readonly Account[]> {
    return this.#store.list(options);
  }

  replaceHash(userId: string, expectedHash: string, newHash: string): Promise<boolean> {
    return this.#store.replaceHash(userId, expectedHash, newHash);
  }

  enable(userId: string): Promise<boolean> {
    return this.#store.enable(userId);
  }

  findPendingRevocation(userId: string): Promise<PendingRevocation | null> {
    return this.#store.findPendingRevocation(userId);
  }

  listPendingRevocations(query: PendingRevocationQuery): Promise<readonly PendingRevocation[]> {
    return this.#store.listPendingRevocations(query);
  }

  completePendingRevocation(pending: PendingRevocation): Promise<void> {
    return this.#store.completePendingRevocation(pending);
  }

  /** Stops listening and drops all copies. Leaves the wrapped store open, because it belongs to the caller. */
  close(): void {
    this.#stopListening();
    this.#forgetAll(false);
  }

  async #read(userId: string): Promise<SessionOwner | null> {
    const changes = this.#changes;
    const readAt = this.#now();
    const owner = await this.#store.findSessionOwner(userId);
    const isKept = this.#isListening && changes === this.#changes && owner !== null && mayPass(owner);
    if (isKept) this.#copies.keep(userId, owner, readAt);
    return owner;
  }

  /**
   * The copy may be out of date as soon as the change begins, and so may a copy that is read meanwhile: forget it
   * twice.
   */
  async #changing<Result>(userId: string, change: () => Promise<Result>): Promise<Result> {
    this.#forget(userId);
    try {
      return await change();
    } finally {
      this.#forget(userId);
    }
  }

  #forget(userId: string): void {
    this.#changes += 1;
    this.#copies.drop(userId);
  }

  #forgetAll(isListening: boolean): void {
    this.#changes += 1;
    this.#copies.clear();
    this.#isListening = isListening;
  }
}
