import type { CountOf } from "../../accounts/throttling/login-decision.ts";
import { forgivenAt } from "../../accounts/throttling/login-limits.ts";
import type { Bucket, BucketKind, FailureCount } from "../../accounts/throttling/login-throttle.ts";
import type { Statements, Transaction } from "./transaction.ts";

/** A bucket and its new count; null removes the count. */
export type NewCount = readonly [Bucket, FailureCount | null];

interface FailureRow extends FailureCount {
  readonly kind: BucketKind;
  readonly key: string;
}

/**
 * Locks counts until the transaction ends, including counts that are not stored yet, which row locks cannot. A process
 * that writes a count holds its lock. Locks are always taken in one order, so that no two attempts wait for each other.
 */
export async function lockCounts(transaction: Transaction, buckets: readonly Bucket[]): Promise<void> {
  const names = buckets.map((bucket) => `coatcheck login failures ${nameOf(bucket)}`).sort();
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name", [
    names,
  ]);
}

/** The stored counts of these buckets, as a look-up. */
export async function readCounts(statements: Statements, buckets: readonly Bucket[]): Promise<CountOf> {
  const rows = await statements.query<FailureRow>(
    `SELECT kind, key, failures, undecided, last_failure_at AS "lastFailureAt"
     FROM coatcheck_login_failures JOIN unnest($1::text[], $2::text[]) AS wanted (kind, key) USING (kind, key)`,
    columnsOf(buckets),
  );
  const counts = new Map<string, FailureCount>(
    rows.map(({ failures, undecided, lastFailureAt, ...row }) => [nameOf(row), { failures, undecided, lastFailureAt }]),
  );
  return (bucket) => counts.get(nameOf(bucket)) ?? null;
}

/** Stores counts that the transaction has locked. */
export async function storeCounts(transaction: Transaction, counts: readonly NewCount[]): Promise<void> {
  const kept = counts.flatMap(([bucket, count]) => (count === null ? [] : [{ bucket, count }]));
  if (kept.length > 0) {
    await transaction.query(
      `INSERT INTO coatcheck_login_failures (kind, key, failures, undecided, last_failure_at, forgiven_at)
       SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::bigint[], $6::bigint[])
       ON CONFLICT (kind, key) DO UPDATE SET failures = excluded.failures, undecided = excluded.undecided,
         last_failure_at = excluded.last_failure_at, forgiven_at = excluded.forgiven_at`,
      [
        ...columnsOf(kept.map(({ bucket }) => bucket)),
        kept.map(({ count }) => count.failures),
        kept.map(({ count }) => count.undecided),
        kept.map(({ count }) => count.lastFailureAt),
        kept.map(({ bucket, count }) => forgivenAt(bucket.kind, count)),
      ],
    );
  }
  const emptied = counts.flatMap(([bucket, count]) => (count === null ? [bucket] : []));
  if (emptied.length > 0) {
    await transaction.query(
      `DELETE FROM coatcheck_login_failures AS failure USING unnest($1::text[], $2::text[]) AS emptied (kind, key)
       WHERE failure.kind = emptied.kind AND failure.key = emptied.key`,
      columnsOf(emptied),
    );
  }
}

function columnsOf(buckets: readonly Bucket[]): readonly [readonly string[], readonly string[]] {
  return [buckets.map(({ kind }) => kind), buckets.map(({ key }) => key)];
}

function nameOf({ kind, key }: Bucket): string {
  return `${kind} ${key}`;
}
