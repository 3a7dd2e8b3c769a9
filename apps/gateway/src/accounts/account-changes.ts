/** What becomes known of changes to accounts, by this process or any other on the same database. */
export interface AccountChangeListener {
  /** An account changed: its name, roles, password, or whether it may be signed in. Told after the change is committed. */
  changed(userId: string): void;
  /** Every change that is committed from now on is told. */
  listening(): void;
  /** From some moment before this, changes may have gone untold. Also told when it has been before. */
  interrupted(): void;
}

/**
 * Begins to tell a listener of changes, for ever again after each failure, and returns how to end that. Nothing is told
 * before `listening`.
 */
export type ListenForAccountChanges = (listener: AccountChangeListener) => () => void;
