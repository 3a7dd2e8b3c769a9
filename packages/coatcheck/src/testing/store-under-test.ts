import type { Clock } from "../core/clock.ts";
import type { SessionStore } from "../core/session-store.ts";

export interface StoreUnderTest {
  readonly store: SessionStore;
  /**
   * Another instance over the same storage, as another process would have. Given one, the suites race the two against
   * each other and require that each hears of the other's removals.
   */
  readonly peer?: SessionStore;
  close(): Promise<void>;
}

/** Opens an empty store for one test. `clock` is the one that the test moves, or the system's. */
export type CreateStore = (clock: Clock) => Promise<StoreUnderTest>;
