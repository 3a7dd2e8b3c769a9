import type { Clock } from "../core/clock.ts";
import type { SessionStore } from "../core/session-store.ts";

/** An open store, and how to close it. */
export interface StoreUnderTest {
  /** Empty, and used by this test alone. */
  readonly store: SessionStore;
  /**
   * Another instance over the same storage, as another process would have. Given one, the suites race the two against
   * each other and require that each hears of the other's removals.
   */
  readonly peer?: SessionStore;
  /** Closes the store, and its peer, and removes what they kept. */
  close(): Promise<void>;
}

/** Opens an empty store for one test. `clock` is the one that the test moves, or the system's. */
export type CreateStore = (clock: Clock) => Promise<StoreUnderTest>;
