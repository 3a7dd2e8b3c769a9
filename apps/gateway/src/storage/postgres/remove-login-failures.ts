import type { Timestamp } from "coatcheck";
import type { BucketKind } from "../../accounts/throttling/login-throttle.ts";
import type { Transaction } from "./transaction.ts";

interface Lightest {
  readonly kind: BucketKind;
  /** The number of counts that stay in any case. */
  readonly kept: number;
  readonly limit: number;
}

/**
 * Removes counts that time has forgiven, and returns how many. Skips rows that are being written at this moment, so no
 * call waits.
 */
export function removeForgiven(transaction: Transaction, now: Timestamp, limit: number): Promise<number> {
  return transaction.count(
    `WITH forgiven AS MATERIALIZED (
       SELECT kind, key FROM coatcheck_login_failures WHERE forgiven_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
     DELETE FROM coatcheck_login_failures AS failure USING forgiven
     WHERE failure.kind = forgiven.kind AND failure.key = forgiven.key RETURNING 1`,
    [now, limit],
  );
}

/**
 * Removes counts above the bound, and returns how many. Those with the fewest failures go first, so that a guesser
 * cannot push an account's count out by filling the table with others.
 */
export async function removeLightest(transaction: Transaction, { kind, kept, limit }: Lightest): Promise<number> {
  // One node at a time, or each would remove the whole excess.
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('coatcheck login failures', 0))");
  return transaction.count(
    `WITH lightest AS MATERIALIZED (
       SELECT kind, key FROM coatcheck_login_failures WHERE kind = $1 ORDER BY failures, last_failure_at
       LIMIT (SELECT least($3, greatest(0, count(*) - $2)) FROM coatcheck_login_failures WHERE kind = $1)
       FOR UPDATE SKIP LOCKED)
     DELETE FROM coatcheck_login_failures AS failure USING lightest
     WHERE failure.kind = lightest.kind AND failure.key = lightest.key RETURNING 1`,
    [kind, kept, limit],
  );
}
