import type { ManualClock } from "coatcheck/testing";
import type { LoginThrottle } from "../../../src/accounts/throttling/login-throttle.ts";
import type { TestAccounts } from "../../accounts/support/test-accounts.ts";

/** One database of accounts, empty at the start of each test. */
export interface DatabaseForTests {
  /** Opens it with connections of its own, as each node does. */
  open(clock?: ManualClock): Promise<TestAccounts>;
  /** A throttle on it that keeps so many counts of each kind. */
  openThrottle(maximumRowsPerKind: number, clock: ManualClock): Promise<LoginThrottle>;
  /** Blocks all writes to the counts until the test ends. */
  blockWrites(): Promise<void>;
  /** What is stored. */
  rows(table: "login_failures" | "known_devices"): Promise<readonly Readonly<Record<string, unknown>>[]>;
}
