/** Hears of changes to accounts that this process, or any other on the same database, makes. */
export interface AccountChangeListener {
  /** An account's name, roles or password changed, or whether it may log in. Called after the change is committed. */
  changed(userId: string): void;
  /** From now on the listener hears of every change that is committed. */
  listening(): void;
  /** The listener may have missed changes since some moment before this call. May be called several times in a row. */
  interrupted(): void;
}

/**
 * Starts to tell a listener of changes, and starts again after each failure. Returns a function that stops it. The
 * listener hears of nothing before `listening`.
 */
export type ListenForAccountChanges = (listener: AccountChangeListener) => () => void;
